import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import { AppError } from '#lib/core/errors'
import { quoteIdent } from '../../_sql/quote.ts'
import type { ReplicateLine, ReplicateRequest } from '../../contract.ts'
import { createChangeReader } from './changes.ts'

type PreviewRequest = Extract<ReplicateRequest, { what: 'preview' }>

/** How often it is looked for changes, and how often it is said that there were none. */
const poll_ms = 300
const silence_ms = 2_000
/** Messages asked for at once; a transaction comes whole. */
const atOnce = 500

/** Shows changes as they are committed. The slot is temporary: it ends with this session, whatever happens to us. */
export async function* preview(
  client: Client,
  { plan, seconds, changes: most }: PreviewRequest,
  signal: AbortSignal,
): AsyncGenerator<ReplicateLine, void> {
  await requirePublication(client, plan.publication)
  const slot = `jackfield_preview_${process.pid}_${Date.now().toString(36)}`
  await client.query("select pg_catalog.pg_create_logical_replication_slot($1, 'pgoutput', true)", [slot])
  const read = createChangeReader(plan.publication)
  const until = performance.now() + seconds * 1_000
  let seen = 0
  let said = performance.now()
  yield { type: 'waiting', changes: 0 }
  while (performance.now() < until) {
    for (const { lsn, data } of await nextMessages(client, slot, plan.publication)) {
      for (const change of read(lsn, data)) {
        if (seen === most) return yield { type: 'end', sentence: `Stopped after ${most} changes.` }
        seen += 1
        said = performance.now()
        yield change
      }
    }
    if (performance.now() - said > silence_ms) {
      said = performance.now()
      yield { type: 'waiting', changes: seen }
    }
    await pause(poll_ms, undefined, { signal })
  }
  yield { type: 'end', sentence: `Stopped after ${seconds} seconds with ${seen} ${seen === 1 ? 'change' : 'changes'}.` }
}

const requirePublication = async (client: Client, name: string): Promise<void> => {
  const { rowCount } = await client.query('select from pg_catalog.pg_publication where pubname = $1', [name])
  if (rowCount === 0) throw new AppError('unprocessable', `There is no publication “${name}” yet. Make it first.`)
}

const nextMessages = async (client: Client, slot: string, publication: string) => {
  const { rows } = await client.query<{ lsn: string; data: Buffer }>(
    `select lsn::text, data from pg_catalog.pg_logical_slot_get_binary_changes($1, null, $2,
      'proto_version', '1', 'publication_names', $3)`,
    [slot, atOnce, quoteIdent(publication)],
  )
  return rows
}
