import { AppError } from '#lib/core/errors'
import { quoteIdent } from '../_sql/quote.ts'
import { ResultLines } from '../_sql/result-lines.ts'
import { isFailureOf } from '../_test/failure.ts'
import { NetError, type QueryRequest, type ResultHead, type ResultLast, type SqlProblem } from '../contract.ts'
import { answer } from './answers.ts'
import { causes } from './causes.ts'
import { Conversation } from './conversation.ts'
import { DataRows } from './data-rows.ts'
import { problemOf as problemOfFailure } from './discover.ts'
import { failureOf } from './failure.ts'
import { bind, execute, plain, sync } from './messages.ts'
import { askTypes, type ColumnShape, readTexts, typeOf, waysOf } from './result-types.ts'
import { begin, statementName } from './run-session.ts'
import { noticeOf, problemOf } from './server-words.ts'
import { openSession, type Session } from './session.ts'
import { type PostgresTarget, settingsOf } from './target.ts'

/** Runs one statement in a session and a transaction of its own; nothing of it stays but what `write` commits. */
export async function* query(target: PostgresTarget, request: QueryRequest): AsyncGenerator<Uint8Array, void> {
  const began = performance.now()
  const { timeout_ms } = request.limits
  const late = AbortSignal.timeout(timeout_ms)
  const signal = AbortSignal.any([target.signal, late])
  let conversation: Conversation | undefined
  try {
    requireText(request)
    conversation = new Conversation(target, await unlessAborted(open(target), signal), signal)
    const ms = Math.max(1, Math.round(timeout_ms - (performance.now() - began)))
    const { shapes, failed } = await begin(conversation, request, { search: searchPath(target), ms })
    signal.throwIfAborted()
    const run = new Run(request, shapes, began)
    if (failed) run.failed = failed
    else {
      conversation.say(run.asks(), 1)
      while (conversation.isBusy()) {
        await conversation.hear(run)
        if (run.isEnough()) void conversation.stop()
        if (!run.lines.isEmpty()) yield run.lines.take()
      }
    }
    signal.throwIfAborted()
    if (run.failed?.code === '57014' && performance.now() - began >= timeout_ms - 100) throw outOfTime(timeout_ms)
    run.end()
    yield run.lines.take()
  } catch (error) {
    if (target.signal.aborted && !isTimeout(target.signal)) throw new NetError('ECANCELED', 'Cancelled.')
    if (signal.aborted) throw outOfTime(timeout_ms)
    throw asProblem(error, target)
  } finally {
    await conversation?.end()
  }
}

/** What is asked when the statement itself runs, and what is made of the answers. */
class Run {
  readonly lines: ResultLines
  failed: SqlProblem | undefined
  readonly #request: QueryRequest
  readonly #shapes: ColumnShape[]
  readonly #rows: DataRows
  readonly #began: number
  readonly #columns: ResultHead['columns'] = []
  readonly #notices: string[] = []
  #done = 0
  #tag: string | undefined
  #copies = false

  constructor(request: QueryRequest, shapes: ColumnShape[], began: number) {
    this.#request = request
    this.#shapes = shapes
    this.#began = began
    this.lines = new ResultLines(request.limits)
    this.#rows = new DataRows(this.lines, waysOf(shapes, request.limits.columns))
  }

  /** The types, the rows and the end of the transaction in one breath; after an error the server skips the rest. */
  asks(): Buffer {
    const { mode, parameters, limits } = this.#request
    return Buffer.concat([
      askTypes(this.#shapes),
      bind(statementName, parameters, 'text'),
      // One more than is shown tells whether there are more; then the server stops by itself.
      execute(limits.rows + 1),
      plain(mode === 'read' ? 'ROLLBACK' : 'COMMIT'),
      sync,
    ])
  }

  /** The rest of the answer is not wanted; what writes is let finish. */
  isEnough(): boolean {
    return this.#copies || (this.lines.truncated === 'bytes' && this.#request.mode === 'read')
  }

  row(bytes: Buffer, at: number, end: number): void {
    if (this.#done > 0) this.#rows.row(bytes, at, end)
    else this.#columns.push({ name: this.#shapes[this.#columns.length]?.name ?? '', ...typeOf(readTexts(bytes, at)) })
  }

  longRow(): (bytes: Buffer, at: number, end: number) => void {
    return this.#rows.longRow()
  }

  message(type: number, body: Buffer): void {
    if (type === answer.done || type === answer.suspended) this.#completed(type, body)
    else if (type === answer.error) this.failed ??= problemOf(body, this.#request.sql)
    else if (type === answer.notice && this.#notices.length < noticesMax) this.#notices.push(noticeOf(body))
    else if (type === answer.copyIn || type === answer.copyOut || type === answer.copyBoth) this.#copies = true
  }

  #completed(type: number, body: Buffer): void {
    this.#done += 1
    const { columns: most } = this.#request.limits
    const columns = this.#columns.slice(0, most)
    if (this.#done === 1) this.lines.head({ columns, columns_left_out: this.#columns.length - columns.length })
    if (this.#done === 2 && type === answer.done) this.#tag = body.toString('utf8', 0, body.length - 1)
  }

  end(): void {
    const isCut = this.lines.truncated === 'bytes' && this.failed?.code === '57014'
    this.lines.last(this.failed && !isCut ? { failed: this.#copies ? copyProblem : this.failed } : this.#doneLine())
  }

  #doneLine(): ResultLast {
    const [, command, affected] = /^([A-Z ]*?)(?: \d+)?(?: (\d+))?$/.exec(this.#tag ?? '') ?? []
    const changes = affected !== undefined && /^(INSERT|UPDATE|DELETE|MERGE|COPY)/.test(this.#tag ?? '')
    return {
      done: {
        rows: this.lines.rows,
        truncated: this.lines.truncated,
        cells_cut: this.lines.cellsCut,
        affected: changes ? Number(affected) : null,
        command: command || null,
        duration_ms: Math.round((performance.now() - this.#began) * 10) / 10,
        notices: this.#notices,
      },
    }
  }
}

const noticesMax = 100

const copyProblem: SqlProblem = {
  message: 'COPY sends and receives files, not rows. Write a SELECT instead.',
  code: null,
  position: null,
  detail: null,
  hint: null,
}

/** The protocol ends texts with a zero byte: what stands behind one would be run unread. */
const requireText = ({ sql, parameters }: QueryRequest): void => {
  if ([sql, ...parameters].some((text) => text?.includes('\0')))
    throw new AppError('invalid_request', 'The statement and its parameters must not contain the character NUL.')
}

const open = async (target: PostgresTarget): Promise<Session> => {
  const stages = openSession(settingsOf(target), target.net, target.limits)
  for (;;) {
    const next = await stages.next()
    if (next.done) return next.value
  }
}

/** A session that comes about too late is closed at once. */
const unlessAborted = (opening: Promise<Session>, signal: AbortSignal): Promise<Session> =>
  new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason)
      opening.then(({ stream }) => stream.destroy()).catch(() => {})
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    opening.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })

/** Names without a schema are looked up where the connection says; `public` is where the server looks by itself. */
const searchPath = ({ config: { schema } }: PostgresTarget): string | null =>
  schema === 'public' ? null : quoteIdent(schema)

const isTimeout = ({ reason }: AbortSignal): boolean => reason instanceof DOMException && reason.name === 'TimeoutError'

const outOfTime = (ms: number): AppError =>
  new AppError('upstream_timeout', `The statement did not end within ${ms / 1000} seconds and was stopped.`)

const asProblem = (error: unknown, { config, credential }: PostgresTarget): unknown => {
  if (error instanceof AppError) return error
  const failure = failureOf(error, 'database')
  const context = { ...config, username: credential?.username ?? '' }
  return isFailureOf(causes, failure) ? problemOfFailure(failure, context) : error
}
