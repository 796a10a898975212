import { AppError } from '#lib/core/errors'
import type { Writer } from '#lib/db/writer'
import { markSchema, withWriter } from '../catalog-store.ts'
import type { RunRequest } from '../protocol.ts'
import { endRefresh, keepRefresh, LostRefresh, type RefreshEnd, type RunningRefresh } from '../refresh-store.ts'
import { type RunContext, runLines } from '../run.ts'
import { differingMax } from './comparison.ts'
import { type Ingested, ingest, noProgress, type Progress } from './ingest.ts'
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

const readSource = async (refresh: RunningRefresh, context: RunContext, signal: AbortSignal): Promise<RefreshEnd> =>
  withWriter(async (writer) => {
    const progress = noProgress()
    const reading = { context, signal, writer, progress }
    try {
      const { fingerprint, stampBase, unchanged } = await readPart(refresh, reading)
      if (unchanged) return { status: 'done', unchanged }
      const byStamps = stampBase !== undefined && stampBase === refresh.stampBase
      if (byStamps && progress.differing.length > 0) await readDiffering(refresh, reading)
      return { status: 'done', fingerprint, stampBase, byStamps: byStamps && progress.differing.length <= differingMax }
    } catch (error) {
      if (refresh.schema !== undefined || progress.schemas.length === 0 || !isOfTheServer(error)) throw error
      return await readOneByOne(refresh, reading)
    }
  })

/** What the stamps were not enough for: read relation by relation, or everything where that is most of it. */
const readDiffering = async (refresh: RunningRefresh, reading: Reading): Promise<void> => {
  const { differing } = reading.progress
  const isMuch = differing.length > differingMax
  const part = { ...refresh, fingerprint: undefined, stampBase: undefined }
  await readPart(isMuch ? part : { ...part, differing }, { ...reading, progress: noProgress() })
}

interface Reading {
  context: RunContext
  signal: AbortSignal
  writer: Writer
  progress: Progress
}

const readPart = async (refresh: RunningRefresh, { context, signal, writer, progress }: Reading): Promise<Ingested> => {
  const lines = runLines(requestOf(refresh), signal, context)
  try {
    return await ingest(lines, { writer, refresh, keeps: keptNames(refresh.settings), progress })
  } finally {
    await lines.return(undefined)
  }
}

/** The server answered and then failed, which may be because of one schema alone. */
const isOfTheServer = (error: unknown): error is AppError =>
  error instanceof AppError && (error.code === 'upstream_failed' || error.code === 'upstream_timeout')

/** So many failures in a row are not the fault of a schema. */
const failuresMax = 3

/** What could not be read as a whole is read schema by schema, so that one that fails costs only itself. */
const readOneByOne = async (refresh: RunningRefresh, reading: Reading): Promise<RefreshEnd> => {
  const { schemas, settled } = reading.progress
  const failed: { schema: string; error: AppError }[] = []
  let inARow = 0
  for (const { name } of schemas.filter((schema) => !settled.has(schema.name))) {
    try {
      await readPart({ ...refresh, schema: name, isPart: true }, { ...reading, progress: noProgress() })
      inARow = 0
    } catch (error) {
      if (!isOfTheServer(error) || ++inARow >= failuresMax) throw error
      failed.push({ schema: name, error })
      await markSchema(reading.writer, refresh, name, error.message)
    }
  }
  const [first] = failed
  if (!first) return { status: 'done' }
  const detail = `${failed.length} of ${schemas.length} schemas could not be read, “${first.schema}” among them: ${first.error.message}`
  return { status: 'partial', problem: { code: first.error.code, detail, cause: first.error.details?.cause } }
}

const requestOf = ({ ticket, connectionId, schema, name, ...known }: RunningRefresh): RunRequest => ({
  ticket,
  target: { connection_id: connectionId },
  job: {
    capability: 'discover',
    request: {
      what: 'everything',
      detail: 'full',
      ...(schema !== undefined && { schema }),
      ...(name !== undefined && { name }),
      ...(schema === undefined && { unless: known.fingerprint, stamps: known.stampBase }),
      ...(known.differing && { only: known.differing.map((one): [string, string] => [one.schema, one.name]) }),
    },
  },
})

const problemOf = (error: unknown): RefreshEnd['problem'] => {
  if (!(error instanceof AppError)) {
    return { code: 'internal', detail: 'The refresh broke off. Refresh again; the engine’s log says more.' }
  }
  return { code: error.code, detail: error.message, cause: error.details?.cause }
}
