import { callApi, requestApi } from '#lib/client/api'
import { ApiError, isAborted, offlineError, problemFrom } from '#lib/client/problem'
import type { CutCell, PlanLine, ResultHead, ResultLast } from '#lib/connectors/contract'
import { onNextFrame } from './next-frame.ts'
import { RowLines } from './row-lines.ts'

export type Cell = null | boolean | number | string | CutCell
export type Row = readonly Cell[]
export type ResultColumn = ResultHead['columns'][number]
type Done = Extract<ResultLast, { done: unknown }>['done']

/** The first line of the answer, then rows as arrays, then how it ended. */
type ResultLine = { query_id?: string } & (Partial<ResultHead> | Partial<PlanLine> | Partial<Done> | { error: unknown })

/** What was sent: the statement, and where to. */
export interface QueryCall {
  path: string
  body: { sql: string; written?: string; parameters?: readonly (string | null)[] } & Record<string, unknown>
}

export type ResultStatus = 'idle' | 'running' | 'done' | 'failed' | 'cancelled'

/** A result as it stands; a new object whenever something in it has changed. */
export interface ResultState {
  status: ResultStatus
  call: QueryCall | undefined
  queryId: string | undefined
  /** Undefined until the server has answered, and for a plan. */
  columns: readonly ResultColumn[] | undefined
  columnsLeftOut: number
  plan: PlanLine | undefined
  rows: number
  bytes: number
  startedAt: number | undefined
  /** Until it ended, as the browser saw it. */
  duration_ms: number | undefined
  done: Done | undefined
  problem: Error | undefined
}

export interface ResultStore {
  get(): ResultState
  subscribe(listener: () => void): () => void
  /** Sends it, and forgets the result before. */
  run(call: QueryCall): Promise<void>
  /** Ends the work on the server as well; what has arrived stays. */
  cancel(): void
  /** Parsed when it is asked for, and kept for a while: for what is on screen. */
  row(index: number): Row
  /** The same, kept nowhere: for all of them, one after the other. */
  read(index: number): Row
  /** One value of it. */
  cell(index: number, column: number): Cell
}

const nothing: ResultState = {
  status: 'idle',
  call: undefined,
  queryId: undefined,
  columns: undefined,
  columnsLeftOut: 0,
  plan: undefined,
  rows: 0,
  bytes: 0,
  startedAt: undefined,
  duration_ms: undefined,
  done: undefined,
  problem: undefined,
}

/** Rows on screen, twice over: React asks again and again for those. */
const keptRows = 1_024

/** Holds one result outside of React, which hears of it once per frame at most, however fast rows come. */
export const createResultStore = (): ResultStore => {
  let state = nothing
  let lines = new RowLines(() => undefined)
  let abort: AbortController | undefined
  const listeners = new Set<() => void>()
  const parsed = new Map<number, Row>()

  const tell = () => {
    state = { ...state, rows: lines.count, bytes: lines.bytes }
    for (const listener of listeners) listener()
  }
  const frame = onNextFrame(tell)
  const change = (part: Partial<ResultState>) => {
    state = { ...state, ...part }
    frame.ask()
  }

  const run: ResultStore['run'] = async (call) => {
    abort?.abort()
    const own = new AbortController()
    abort = own
    const isCurrent = () => abort === own
    const startedAt = Date.now()
    lines = new RowLines((line) => isCurrent() && change(readLine(line)))
    parsed.clear()
    state = { ...nothing, status: 'running', call, startedAt }
    frame.now()
    const end = (part: Partial<ResultState>) => {
      if (!isCurrent()) return
      abort = undefined
      state = { ...state, duration_ms: Date.now() - startedAt, ...part }
      frame.now()
    }
    try {
      const response = await requestApi(call.path, 'application/x-ndjson', {
        method: 'POST',
        body: call.body,
        signal: own.signal,
      })
      await readInto(lines, response, () => isCurrent() && frame.ask())
      end(howItEnded(state))
    } catch (error) {
      end(isAborted(error) ? { status: 'cancelled' } : { status: 'failed', problem: asError(error) })
    }
  }

  const cancel = () => {
    if (!abort) return
    // A proxy in between may keep the connection open, so the server is told as well.
    if (state.queryId) {
      const path = `/api/queries/${encodeURIComponent(state.queryId)}`
      callApi(path, { method: 'DELETE' }).catch(() => undefined)
    }
    abort.abort()
  }

  const read = (index: number) => JSON.parse(lines.text(index)) as Row
  const cell = (index: number, column: number) => JSON.parse(lines.cell(index, column)) as Cell
  const row = (index: number): Row => {
    const known = parsed.get(index)
    if (known) return known
    if (parsed.size >= keptRows) parsed.clear()
    const fresh = read(index)
    parsed.set(index, fresh)
    return fresh
  }

  const subscribe = (listener: () => void) => {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }
  return { get: () => state, subscribe, run, cancel, row, read, cell }
}

/** How long reading may keep the page from anything else. */
const slice_ms = 8

const readInto = async (lines: RowLines, response: Response, onRows: () => void): Promise<void> => {
  if (!response.body) throw offlineError()
  const reader = response.body.getReader()
  let since = performance.now()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return lines.finish()
      lines.append(value)
      onRows()
      if (performance.now() - since < slice_ms) continue
      await new Promise((resume) => setTimeout(resume))
      since = performance.now()
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

const readLine = (text: string): Partial<ResultState> => {
  const line = JSON.parse(text) as ResultLine
  const id = line.query_id === undefined ? {} : { queryId: line.query_id }
  if ('error' in line) return { ...id, problem: problemFrom(line.error) }
  if ('plan' in line) return { ...id, plan: line as PlanLine }
  if ('columns' in line) return { ...id, columns: line.columns, columnsLeftOut: line.columns_left_out ?? 0 }
  if ('rows' in line) return { ...id, done: line as Done }
  return id
}

const howItEnded = ({ problem, done }: ResultState): Partial<ResultState> => {
  if (problem) return { status: problem instanceof ApiError && problem.code === 'cancelled' ? 'cancelled' : 'failed' }
  return done ? { status: 'done' } : { status: 'failed', problem: brokenOff() }
}

/** An answer without its last line is not taken for a whole one. */
const brokenOff = () => new Error('The result broke off before it was whole. Run the statement again.')

const asError = (error: unknown): Error => (error instanceof ApiError ? error : brokenOff())
