import { authorizeOn } from '#lib/auth/grants'
import { streamOperation } from '#lib/core/operation'
import { findQueried } from '#lib/data-sources/querying'
import { runJob } from '#lib/engine/client'
import { budget, requireRoom } from './budget.ts'
import { costOf, limitsOf } from './limits.ts'
import { passResult } from './result.ts'
import { underWatch } from './run.ts'
import { queryEnd, queryLine, runQueryInput } from './schema.ts'
import { withoutSecrets } from './secrets-out.ts'
import { insertRun } from './store.ts'
import { requireWriting } from './writing.ts'

const permission = 'data-sources:query'

const reading = (explain: unknown) => (explain === undefined ? 'query.run' : 'query.explained')

export const runQuery = streamOperation({
  summary: 'Run a statement, or ask for its plan; the rows are streamed',
  permission,
  object: { kind: 'connection', field: 'ref' },
  audit: 'query.run',
  input: runQueryInput,
  line: queryLine,
  output: queryEnd,
  async *run(
    { ref, sql, written = null, parameters, row_limit, explain, mode, confirm },
    { actor, db, signal, become },
  ) {
    const ticket =
      mode === 'write' ? become('query.written', 'data-sources:write') : become(reading(explain), permission)
    if (ticket.permission === 'data-sources:write') await authorizeOn(db, actor, ticket.permission)
    const source = await findQueried(ref, { actor, db })
    if (mode === 'write') requireWriting(source, actor, { confirm, explain })
    const kind = explain ? 'explain' : 'run'
    const kept = { sql: withoutSecrets(sql), written: written === null ? null : withoutSecrets(written) }
    const run = { connectionId: source.id, kind, mode, ...kept } as const
    const { id, busy } = await insertRun(actor, run, budget)
    requireRoom(busy)
    const limits = limitsOf(source, row_limit)
    const request = { sql, parameters, mode, ...(explain && { explain }), ...costOf(source), limits } as const
    return yield* underWatch(
      id,
      async function* (running) {
        const asked = {
          ticket,
          target: { connection_id: source.id },
          job: { capability: 'query', request, query_id: id },
        } as const
        const bytes = await runJob(asked, AbortSignal.any([signal, running.signal]))
        return yield* passResult(bytes, running)
      },
      (end) => end,
    )
  },
})
