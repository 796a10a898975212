import { beforeAll, beforeEach, expect, test } from 'vitest'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import type { Actor } from '#lib/auth/actor'
import { db } from '#lib/db/client'
import { type AuditEntry, record } from './record.ts'

const api = useApi()
let workspace: TestWorkspace
let other: TestWorkspace

beforeAll(async () => {
  other = await makeWorkspace()
})

beforeEach(async () => {
  workspace = await makeWorkspace()
})

const write = async (
  entry: Omit<Partial<AuditEntry>, 'actor'> & { actor?: Partial<Actor> } = {},
  inside = workspace,
) => {
  const actor = { kind: 'user', id: 'usr_ada', name: 'Ada', workspaceId: inside.id, ip: '10.1.2.3' } as const
  await record(db(), { event: 'credential.created', outcome: 'success', ...entry, actor: { ...actor, ...entry.actor } })
}

const list = async (query = '', as = workspace.people.admin) => {
  const answer = await api.call('GET', `/api/audit${query}`, { as })
  expect([query, answer.status]).toEqual([query, 200])
  return answer
}

const names = async (query: string) =>
  (await list(query)).body.data.map((one: { target: { name: string } }) => one.target.name)

test('an event reads as who did what to what, from where, with its public details', async () => {
  const details = { changed: ['host', 'password'], before: { host: 'a' }, after: { host: 'b' } }
  await write({ subject: { type: 'credential', id: 'cred_1', name: 'etl', details }, requestId: 'req_1' })
  const [event] = (await list()).body.data
  expect(event).toEqual({
    id: expect.stringMatching(/^evt_/),
    at: expect.any(String),
    event: 'credential.created',
    sentence: 'created a credential',
    outcome: 'success',
    actor: { kind: 'user', id: 'usr_ada', name: 'Ada' },
    ip: '10.1.2.3',
    user_agent: null,
    target: { type: 'credential', id: 'cred_1', name: 'etl' },
    request_id: 'req_1',
    details,
    seq: null,
  })
})

test('pages go from the newest to the oldest without a gap, and a workspace sees its own trail only', async () => {
  for (let n = 0; n < 7; n++) await write({ subject: { type: 'credential', name: `c${n}` } })
  await write({ subject: { type: 'credential', name: 'foreign' } }, other)
  const seen: string[] = []
  for (let cursor = ''; ; ) {
    const { body } = await list(`?limit=3${cursor}`)
    seen.push(...body.data.map((one: { id: string }) => one.id))
    if (body.meta.page.cursor === null) break
    cursor = `&cursor=${body.meta.page.cursor}`
  }
  expect(seen).toHaveLength(7)
  expect(seen).toEqual([...seen].sort().reverse())
  const foreign = await list('', other.people.admin)
  expect(foreign.text).toContain('foreign')
  expect((await list()).text).not.toContain('foreign')
  expect((await api.call('GET', '/api/audit?cursor=bm9uc2Vuc2U', { as: workspace.people.admin })).status).toBe(400)
})

test('every filter narrows, by id or by a part of the name, and patterns are plain text', async () => {
  await write({ subject: { type: 'credential', id: 'cred_a', name: 'alpha 100%' } })
  await write({
    event: 'connection.tested',
    outcome: 'failure',
    actor: { kind: 'api_key', id: 'key_b', name: 'Nightly', ip: '10.9.9.9' },
    subject: { type: 'connection', id: 'conn_b', name: 'beta', details: { credential_id: 'cred_a' } },
  })
  await write({
    event: 'credential.bound',
    outcome: 'denied',
    subject: { type: 'credential', id: 'cred_c', name: 'gamma' },
  })
  const cases: [string, string[]][] = [
    ['?actor=key_b', ['beta']],
    ['?actor=nightl', ['beta']],
    ['?event=credential.bound', ['gamma']],
    ['?event=credential', ['gamma', 'alpha 100%']],
    ['?outcome=denied', ['gamma']],
    ['?object=cred_a', ['beta', 'alpha 100%']],
    ['?object=ALPHA', ['alpha 100%']],
    ['?object=%25', ['alpha 100%']],
    ['?q=created%20a%20cred', ['alpha 100%']],
    ['?q=10.9.9.9', ['beta']],
    ['?until=2001-01-01T00:00:00Z', []],
    ['?since=2001-01-01T00:00:00Z&outcome=success', ['alpha 100%']],
    ['?q=_', []],
  ]
  for (const [query, expected] of cases) expect([query, (await names(query)).sort()]).toEqual([query, expected.sort()])
  for (const query of ['?outcome=maybe', '?since=yesterday', '?event=Robert%27);--', '?nothing=1']) {
    expect([query, (await api.call('GET', `/api/audit${query}`, { as: workspace.people.admin })).status]).toEqual([
      query,
      400,
    ])
  }
})

test('an export holds every event that the filter names, beyond one batch, and is itself in the trail', async () => {
  const at = Date.now()
  await db().auditEvent.createMany({
    data: Array.from({ length: 1_203 }, (_, n) => ({
      ...{ id: `evt_bulk${String(at + n).padStart(20, '0')}`, workspaceId: workspace.id, event: 'connection.tested' },
      ...{ outcome: 'success', actorKind: 'user', actorId: 'usr_ada', actorName: `=cmd|'/C calc'!A${n}` },
    })),
  })
  await write({ subject: { type: 'credential', name: 'not asked for' } })
  const lines = await api.call('GET', '/api/audit/export?event=connection', { as: workspace.people.admin })
  expect(lines.headers.get('content-type')).toContain('application/x-ndjson')
  expect(lines.headers.get('content-disposition')).toContain('attachment')
  const events = lines.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(new Set(events.map(({ id }) => id)).size).toBe(1_203)
  const csv = await api.call('GET', '/api/audit/export?event=connection&format=csv', { as: workspace.people.admin })
  const rows = csv.text.trim().split('\r\n')
  expect(rows).toHaveLength(1_204)
  expect(rows[0]).toMatch(/^id,at,event,sentence,outcome,actor_kind/)
  expect(csv.text).not.toMatch(/(^|,)"?=/m)
  const exports = await list('?event=audit.exported')
  expect(exports.body.data.map((one: { details: object }) => one.details)).toEqual([
    { format: 'csv', filter: { event: 'connection' }, events: 1_203 },
    { format: 'ndjson', filter: { event: 'connection' }, events: 1_203 },
  ])
})

test('an export needs a recent sign-in and its own permission, and without a record there is no export', async () => {
  const { admin, viewer } = workspace.people
  expect((await api.call('GET', '/api/audit/export', { as: viewer })).status).toBe(403)
  await db().session.updateMany({ where: { userId: admin.userId }, data: { authenticatedAt: new Date(0) } })
  const stale = await api.call('GET', '/api/audit/export', { as: admin, by: 'cookie' })
  expect([stale.status, stale.body.code]).toEqual([403, 'reauth_required'])
  await write({ subject: { type: 'credential', name: 'kept inside' } })
  await api.database.asSuperuser(
    `create function refuse_event() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$`,
    'create trigger refuse_event before insert on audit_events execute function refuse_event()',
  )
  try {
    const refused = await api.call('GET', '/api/audit/export', { as: workspace.people.owner })
    expect(refused.status).toBeGreaterThanOrEqual(500)
    expect(refused.text).not.toContain('kept inside')
  } finally {
    await api.database.asSuperuser('drop trigger refuse_event on audit_events')
  }
})
