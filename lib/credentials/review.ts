import { record } from '#lib/audit/record'
import type { Actor } from '#lib/auth/actor'
import { mayDo } from '#lib/auth/authorize'
import { operation, streamOperation } from '#lib/core/operation'
import { type Cursor, decodeCursor, pageOf } from '#lib/core/page'
import { time_ms } from '#lib/core/time'
import type { Tx } from '#lib/db/client'
import { type CsvValue, csvLine } from '#lib/format/csv'
import { listReviewed, type ReviewedRow } from './attachment-store.ts'
import { type ReviewLine, reviewedFile, reviewFileInput, reviewInput, reviewLine, reviewList } from './schema.ts'
import { credentialView, isMismatch } from './view.ts'

/** Rows read at a time: a review of any length holds no more than these. */
const batchSize = 500
const day_ms = 86_400_000

export const reviewCredentials = operation({
  summary: 'List every credential with every connection that uses it, and those that nothing uses',
  effect: 'read',
  permission: 'credentials:read',
  audit: 'none',
  input: reviewInput,
  output: reviewList,
  async run({ limit, cursor }, { actor, db }) {
    const { rows, page } = await pageOfReview(db, actor, decodeCursor(cursor, 'name'), limit)
    return { items: rows.map((row) => lineOf(row)), page }
  },
})

export const exportReview = streamOperation({
  summary: 'Export the review of credentials as CSV',
  permission: 'credentials:read',
  audit: 'credential.reviewed',
  input: reviewFileInput,
  line: reviewLine,
  output: reviewedFile,
  async *run(_input, { actor, db, requestId, signal }) {
    // Written before the first byte leaves: an export that cannot be recorded does not happen.
    await record(db, { actor, event: 'credential.reviewed', outcome: 'success', requestId })
    yield bytesOf(csvLine(columns.map(([name]) => name)))
    let lines = 0
    for (let after: Cursor | undefined; ; ) {
      signal.throwIfAborted()
      const { rows, page } = await pageOfReview(db, actor, after, batchSize)
      if (rows.length > 0) yield bytesOf(rows.map((row) => csvOf(lineOf(row))).join(''))
      lines += rows.length
      if (page.cursor === null) return { lines }
      after = decodeCursor(page.cursor, 'name')
    }
  },
})

const pageOfReview = async (tx: Tx, actor: Actor, after: Cursor | undefined, limit: number) => {
  const everywhere = mayDo(actor, 'credentials:administer')
  const found = await listReviewed(tx, actor, { after, limit, everywhere })
  const numbered = found.map((row) => ({ row, id: `${row.id} ${row.connectionId ?? ''}` }))
  const { rows, page } = pageOf(numbered, limit, 'name', ({ row }) => row.nameKey)
  return { rows: rows.map(({ row }) => row), page }
}

const lineOf = (row: ReviewedRow, now = new Date()): ReviewLine => {
  const view = credentialView(row, () => false, now)
  const { id, name, type, scope, status, environment, owner_team, expires_at, expiry, rotation, last_used_at } = view
  const age_days = Math.max(0, Math.floor((now.getTime() - time_ms(row.secretAt)) / day_ms))
  const facts = { id, name, type, scope, status, environment, owner_team, expires_at, expiry, rotation, last_used_at }
  return { credential: { ...facts, age_days }, connection: connectionOf(row) }
}

const connectionOf = (row: ReviewedRow): ReviewLine['connection'] =>
  row.connectionId === null
    ? null
    : {
        id: row.connectionName === null ? null : row.connectionId,
        name: row.connectionName ?? 'A restricted connection',
        workspace_name: row.connectionWorkspace ?? '',
        environment: row.connectionEnvironment,
        environment_mismatch: isMismatch(row.connectionEnvironment, row.environment),
      }

const columns: readonly (readonly [string, (line: ReviewLine) => CsvValue])[] = [
  ['credential', ({ credential }) => credential.name],
  ['credential_id', ({ credential }) => credential.id],
  ['type', ({ credential }) => credential.type],
  ['scope', ({ credential }) => credential.scope],
  ['environment', ({ credential }) => credential.environment],
  ['owner_team', ({ credential }) => credential.owner_team],
  ['status', ({ credential }) => credential.status],
  ['connection', ({ connection }) => connection?.name],
  ['connection_id', ({ connection }) => connection?.id],
  ['connection_workspace', ({ connection }) => connection?.workspace_name],
  ['connection_environment', ({ connection }) => connection?.environment],
  ['environment_mismatch', ({ connection }) => connection?.environment_mismatch],
  ['last_used_at', ({ credential }) => credential.last_used_at],
  ['age_days', ({ credential }) => credential.age_days],
  ['expires_at', ({ credential }) => credential.expires_at],
  ['rotation', ({ credential }) => credential.rotation],
]

const csvOf = (line: ReviewLine): string => csvLine(columns.map(([, read]) => read(line)))

const encoder = new TextEncoder()
const bytesOf = (text: string): Uint8Array => encoder.encode(text)
