import type * as z from 'zod'
import { newId } from '#lib/core/id'
import { operation, streamOperation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { changedMeanwhile, requireRevision } from '#lib/core/revision'
import { nameKey } from '#lib/core/text'
import { mayAttach } from '#lib/credentials/attach'
import { lockCheck } from '#lib/credentials/locks'
import { changeConnection } from './change.ts'
import { storeConnection } from './create.ts'
import { draftTarget } from './draft.ts'
import { findAlive, requireAlive, subjectOf, viewOf } from './found.ts'
import { checkSlug, freeNames, holdSlugs, requireFree } from './names.ts'
import { holdNames } from './naming-store.ts'
import { runTest } from './run-test.ts'
import {
  connectionRef,
  createConnectionInput,
  duplicateConnectionInput,
  listTestsInput,
  testDraftInput,
  testHistory,
  testLine,
  testRecord,
  testReport,
  updateConnectionInput,
  connectionView as viewShape,
} from './schema.ts'
import { findStored, insertStored, listStoredTests } from './store.ts'
import { connectionView, noSuchConnection } from './view.ts'
import { warningsOf } from './warnings.ts'

export { listConnections } from './list-operations.ts'

export const getConnection = operation({
  summary: 'Read one connection, by its id or slug',
  effect: 'read',
  permission: 'connections:read',
  audit: 'none',
  input: connectionRef,
  output: viewShape,
  async run({ ref }, { actor, db }) {
    const row = await findStored(db, actor, ref)
    if (!row) throw noSuchConnection()
    return connectionView(row, await lockCheck())
  },
})

export const createConnection = operation({
  summary: 'Create a connection; the canonical and the flat body are both accepted',
  effect: 'write',
  permission: 'connections:write',
  audit: 'connection.created',
  input: createConnectionInput,
  output: viewShape,
  async run(input, { actor, tx, requestId, subject, meta }) {
    const { id, name } = await storeConnection({ tx, actor, requestId }, input)
    meta(await warningsOf(tx, actor, id))
    const view = await viewOf(tx, actor, id)
    const { conn_id, type, role, summary, credential_id } = view
    subject({ type: 'connection', id, name, details: { conn_id, type, role, summary, credential_id } })
    return view
  },
})

const change = (mode: 'merge' | 'replace', summary: string) =>
  operation({
    summary,
    effect: 'write',
    permission: 'connections:write',
    object: { kind: 'connection', field: 'ref' },
    audit: 'connection.updated',
    input: updateConnectionInput,
    output: viewShape,
    async run({ ref, if_match, ...input }, { actor, tx, requestId, subject, meta }) {
      const held = await holdSlugs(tx, actor, { ref, wanted: input.conn_id })
      const current = await requireAlive(tx, actor, ref)
      requireRevision(if_match, current.revision)
      if (held !== undefined && held !== current.connId) throw changedMeanwhile(current.revision)
      const { changed, details } = await changeConnection({ tx, actor, requestId }, current, { ref, ...input }, mode)
      meta({ changed, ...(await warningsOf(tx, actor, current.id)) })
      subject({ ...subjectOf(current), details })
      return viewOf(tx, actor, current.id)
    },
  })

export const updateConnection = change(
  'merge',
  'Change a connection; what is left out stays, null takes a setting away',
)
export const replaceConnection = change(
  'replace',
  'Replace the settings and labels of a connection; its secret stays unless sent',
)

export const duplicateConnection = operation({
  summary: 'Duplicate a connection; the copy uses the same credential if you may attach it',
  effect: 'write',
  permission: 'connections:write',
  audit: 'connection.duplicated',
  input: duplicateConnectionInput,
  output: viewShape,
  async run({ ref, conn_id, name }, { actor, tx, requestId, subject, meta }) {
    if (conn_id !== undefined) checkSlug(conn_id)
    const called = await findAlive(tx, actor, ref)
    await requireFree(tx, actor.workspaceId, { connId: conn_id, name })
    const wanted = {
      connId: `${called.connId.slice(0, 56)}-copy`,
      name: `${[...called.name].slice(0, 120).join('')} copy`,
    }
    const free = await freeNames(tx, actor.workspaceId, { connId: conn_id ?? wanted.connId, name: name ?? wanted.name })
    await holdNames(tx, actor.workspaceId, [free.connId], 'change')
    const original = await requireAlive(tx, actor, ref)
    const attached = original.credentialId
    const keeps = attached !== null && (await mayAttach({ tx, actor, requestId }, attached))
    const credentialId = keeps ? attached : null
    const id = newId('connection')
    await insertStored(tx, actor.workspaceId, {
      id,
      ...free,
      nameKey: nameKey(free.name),
      type: original.type,
      role: original.role,
      config: JSON.parse(JSON.stringify(original.config)),
      summary: original.summary,
      environment: original.environment,
      tags: original.tags,
      description: original.description,
      credentialId,
      createdBy: actor.id,
      updatedBy: actor.id,
    })
    meta({ credential_kept: credentialId !== null })
    subject({ type: 'connection', id, name: free.name, details: { duplicate_of: original.id } })
    return viewOf(tx, actor, id)
  },
})

export const testConnection = streamOperation({
  summary: 'Test a saved connection',
  permission: 'connections:test',
  object: { kind: 'connection', field: 'ref' },
  audit: 'connection.tested',
  input: connectionRef,
  line: testLine,
  output: testReport,
  async *run({ ref }, { actor, db, ticket, signal }) {
    const { id } = await findAlive(db, actor, ref)
    return yield* runTest({ connection_id: id }, { actor, ticket, signal })
  },
})

export const testDraft = streamOperation({
  summary: 'Test settings without saving them',
  permission: 'connections:test',
  object: { kind: 'connection', field: 'connection_ref', least: 'edit' },
  audit: 'connection.draft_tested',
  input: testDraftInput,
  line: testLine,
  output: testReport,
  async *run(input, { actor, db, ticket, signal }) {
    return yield* runTest(await draftTarget(db, actor, input), { actor, ticket, signal })
  },
})

export const listTests = operation({
  summary: 'List the recorded tests of a connection, newest first',
  effect: 'read',
  permission: 'connections:read',
  audit: 'none',
  input: listTestsInput,
  output: testHistory,
  async run({ ref, limit, cursor }, { actor, db }) {
    const row = await findStored(db, actor, ref)
    if (!row) throw noSuchConnection()
    const after = decodeCursor(cursor, '-id')?.id
    const found = await listStoredTests(db, actor.workspaceId, row.id, { limit, ...(after !== undefined && { after }) })
    const { rows, page } = pageOf(found, limit, '-id', (test) => test.id)
    return { items: rows.map(recordOf), page }
  },
})

/** Parsed, because the columns are JSON that another process wrote. */
const recordOf = (test: Awaited<ReturnType<typeof listStoredTests>>[number]): z.output<typeof testRecord> =>
  testRecord.parse({
    test_id: test.id,
    success: test.success,
    message: test.message,
    driver: test.driver,
    latency_ms: test.latencyMs,
    server: test.server,
    stages: test.stages,
    cause: test.cause,
    at: test.createdAt.toISOString(),
    created_by: test.createdBy,
    settings_revision: test.settingsRevision,
    credential_version: test.credentialVersion,
  })
