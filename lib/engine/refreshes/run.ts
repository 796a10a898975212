import { AppError } from '#lib/core/errors'
import { withWriter } from '../catalog-store.ts'
import type { RunRequest } from '../protocol.ts'
import { endRefresh, keepRefresh, LostRefresh, type RefreshEnd, type RunningRefresh } from '../refresh-store.ts'
import { type RunContext, runLines } from '../run.ts'
import { ingest } from './ingest.ts'
import { keptNames } from './patterns.ts'

/** How often it is looked whether the refresh is still ours and wanted. */
const keepMs = 1_000

/** Reads a data source and keeps what is new; ends the refresh unless it is lost to somebody else. */
export const runRefresh = async (refresh: RunningRefresh, context: RunContext, stop: AbortSignal): Promise<void> => {
  const lost = new AbortController()
  const keeping = setInterval(() => {
    void keepRefresh(refresh).then(
      (isOurs) => isOurs || lost.abort(new LostRefresh()),
      () => undefined,
    )
  }, keepMs)
  try {
    const end = await readSource(refresh, context, AbortSignal.any([stop, lost.signal]))
    await endRefresh(refresh, end)
  } catch (error) {
    // A stop is no end: the queue gives the refresh to another engine, or to this one when it is back.
    if (stop.aborted) throw error
    if (lost.signal.aborted || error instanceof LostRefresh) return
    if (!(error instanceof AppError)) context.log.error({ err: error }, 'a refresh broke off')
    await endRefresh(refresh, { status: 'failed', problem: problemOf(error) })
  } finally {
    clearInterval(keeping)
  }
}

const readSource = async (refresh: RunningRefresh, context: RunContext, signal: AbortSignal): Promise<RefreshEnd> => {
  const lines = runLines(requestOf(refresh), signal, context)
  try {
    const keeps = keptNames(refresh.settings)
    const { fingerprint, unchanged } = await withWriter((writer) => ingest(lines, { writer, refresh, keeps }))
    return { status: 'done', fingerprint, unchanged }
  } finally {
    await lines.return(undefined)
  }
}

const requestOf = ({ ticket, connectionId, schema, name, fingerprint }: RunningRefresh): RunRequest => ({
  ticket,
  target: { connection_id: connectionId },
  job: {
    capability: 'discover',
    request: {
      what: 'everything',
      detail: 'full',
      ...(schema !== undefined && { schema }),
      ...(name !== undefined && { name }),
      ...(schema === undefined && fingerprint !== undefined && { unless: fingerprint }),
    },
  },
})

const problemOf = (error: unknown): RefreshEnd['problem'] => {
  if (!(error instanceof AppError)) {
    return { code: 'internal', detail: 'The refresh broke off. Refresh again; the engine’s log says more.' }
  }
  return { code: error.code, detail: error.message, cause: error.details?.cause }
}
