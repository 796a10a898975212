import { operation, streamOperation } from '#lib/core/operation'
import { findQueried } from '#lib/data-sources/querying'
import { runJob } from '#lib/engine/client'
import { requireRoom } from './budget.ts'
import { passFile } from './export.ts'
import { costOf, exportLimitsOf } from './limits.ts'
import { underWatch } from './run.ts'
import { downloadLine, exportAnswer, exportInput, keptExport, queryEnd, queryRef } from './schema.ts'
import { exportKept_ms, insertExport, takeExport } from './store.ts'

export const createExport = operation({
  summary: 'Prepare a download of everything a statement answers; its address works once, for five minutes, for you',
  effect: 'write',
  permission: 'data-sources:query',
  object: { kind: 'connection', field: 'ref' },
  audit: 'query.export_prepared',
  input: exportInput,
  output: exportAnswer,
  async run({ ref, sql, written = null, parameters, format, formula_safe }, { actor, tx, subject }) {
    const source = await findQueried(ref, { actor, db: tx })
    const kept = { parameters, format: { name: format, formula_safe } }
    const id = await insertExport(tx, actor, { connectionId: source.id, sql, written, kept })
    subject({ type: 'connection', id: source.id, name: source.name, details: { query_id: id, format } })
    const expires_at = new Date(Date.now() + exportKept_ms).toISOString()
    return { id, download: `/api/queries/${id}/download`, expires_at }
  },
})

export const downloadExport = streamOperation({
  summary: 'Download what an export answers, once',
  permission: 'data-sources:query',
  object: { kind: 'connection' },
  audit: 'query.exported',
  input: queryRef,
  line: downloadLine,
  output: queryEnd,
  async *run({ id }, { actor, db, ticket, signal }) {
    const taken = await takeExport(actor, id, requireRoom)
    const { parameters, format } = keptExport.parse(taken.kept)
    const work = async function* (running: Parameters<typeof passFile>[1] & { signal: AbortSignal }) {
      const source = await findQueried(taken.connectionId, { actor, db })
      const limits = exportLimitsOf(source)
      const request = { sql: taken.sql, parameters, mode: 'read', ...costOf(source), limits } as const
      const job = { capability: 'query', request, format, query_id: id } as const
      const asked = { ticket, target: { connection_id: source.id }, job }
      const bytes = await runJob(asked, AbortSignal.any([signal, running.signal]))
      return yield* passFile(bytes, running, { name: taken.connId, format: format.name })
    }
    return yield* underWatch(id, work, (end) => end)
  },
})
