import { beforeAll, expect, test } from 'vitest'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'
import { evaluateAlerts } from './alert-store.ts'
import { type AuditEntry, record } from './record.ts'
import { alertDefaults } from './schema.ts'

const api = useApi()
let workspace: TestWorkspace

beforeAll(async () => {
  workspace = await makeWorkspace()
})

const write = (event: AuditEntry['event'], id: string, details: Record<string, unknown> = {}) => {
  const actor = { kind: 'user', id: 'usr_eve', name: 'Eve', workspaceId: workspace.id } as const
  return record(db(), { actor, event, outcome: 'success', subject: { type: 'x', id, name: id, details } })
}
const times = async (count: number, work: () => Promise<unknown>) => {
  for (let n = 0; n < count; n++) await work()
}
const ago = (days: number) => new Date(Date.now() - days * 86_400_000)

const failTest = () =>
  db().$executeRaw`insert into connection_tests
    (id, workspace_id, connection_id, settings_revision, success, message, driver, latency_ms, cause, stages, created_by)
    values (${newId('test')}, ${workspace.id}, ${connectionId}, 1, false, 'no', 'pg', 1, '{"stage":"authenticate"}', '[]', 'usr_eve')`
const connectionId = newId('connection')

const storeSlot = async ({ lagBytes }: { lagBytes: number }) => {
  const named = { connId: 'shop', name: 'Shop', nameKey: 'shop', type: 'postgres', role: 'source' }
  const by = { createdBy: 'usr_1', updatedBy: 'usr_1' }
  const connection = {
    id: newId('connection'),
    workspaceId: workspace.id,
    ...named,
    config: {},
    summary: '',
    tags: [],
    ...by,
  }
  await db().connection.create({ data: connection })
  const slot = { id: newId('replication'), workspaceId: workspace.id, connectionId: connection.id, slot: 'jackfield' }
  const rest = { publication: 'jackfield', tables: [], slotMade: true, createdBy: 'usr_1', nextCheckAt: ago(-1) }
  await db().replication.create({ data: { ...slot, ...rest, lagBytes } })
}

/** What makes each rule fire, and just too little of it where there is a threshold. */
const drills: Record<keyof typeof alertDefaults, { almost?: () => Promise<unknown>; work: () => Promise<unknown> }> = {
  sign_in_failures: {
    almost: () => times(9, () => write('session.refused', 'usr_1')),
    work: () => write('session.refused', 'usr_1'),
  },
  test_failures: { almost: () => times(9, failTest), work: failTest },
  decrypt_failure: { work: () => write('credential.refused', 'conn_1', { reason: 'tag' }) },
  audit_broken: { work: () => write('audit.broken', 'chain') },
  bulk_export: {
    almost: () => write('audit.exported', 'a', { events: 9_999 }),
    work: () => write('audit.exported', 'b', { events: 1 }),
  },
  destination_changed: { work: () => write('credential.bound', 'cred_1') },
  new_admin: {
    almost: () => write('member.changed', 'usr_2', { from: 'admin', to: 'viewer' }),
    work: () => write('member.changed', 'usr_2', { from: 'viewer', to: 'admin' }),
  },
  key_age: {
    almost: () =>
      db().encryptionKey.create({ data: { id: 'young', state: 'primary', source: 'file', addedAt: ago(364) } }),
    work: () => db().encryptionKey.update({ where: { id: 'young' }, data: { addedAt: ago(366) } }),
  },
  sink_disabled: {
    almost: () =>
      db().auditSink.create({
        data: {
          id: 'sink_1',
          workspaceId: workspace.id,
          name: 'siem',
          kind: 'file',
          config: {},
          failures: 9,
          createdBy: 'u',
        },
      }),
    work: () => db().auditSink.update({ where: { id: 'sink_1' }, data: { enabled: false, revision: 2 } }),
  },
  slot_behind: {
    almost: () => storeSlot({ lagBytes: 1024 * 1024 * 1024 }),
    work: () => db().replication.updateMany({ data: { lagBytes: 1024 * 1024 * 1024 + 1 } }),
  },
  credential_expiring: {
    almost: () => storeCredential('cred_exp', { expiresAt: ago(-31) }),
    work: () => db().credential.update({ where: { id: 'cred_exp' }, data: { expiresAt: ago(-29) } }),
  },
  rotation_due: {
    almost: () => storeCredential('cred_old', { rotateEveryDays: 8 }),
    work: () => db().credential.update({ where: { id: 'cred_old' }, data: { rotateEveryDays: 7 } }),
  },
}

const storeCredential = async (id: string, data: { expiresAt?: Date; rotateEveryDays?: number }) => {
  const place = { organizationId: workspace.organizationId, workspaceId: workspace.id, name: id, nameKey: id }
  const type = { type: 'database', kind: 'database.password', config: {}, createdBy: 'usr_1' }
  await db().credential.create({ data: { id, ...place, ...type, ...data } })
  await db().credentialVersion.create({
    data: { credentialId: id, version: 1, keyId: 'k', fields: [], fingerprint: 'f', createdBy: 'usr_1' },
  })
}

const open = async () => (await api.call('GET', '/api/alerts', { as: workspace.people.admin })).body

test('in a drill each rule fires exactly once while it is open, and not before its threshold', async () => {
  await db().connection.create({
    data: {
      ...{
        id: connectionId,
        workspaceId: workspace.id,
        connId: 'c',
        name: 'C',
        nameKey: 'c',
        type: 'postgres',
        role: 'source',
      },
      ...{ summary: '', config: {}, tags: [], createdBy: 'u', updatedBy: 'u' },
    },
  })
  await evaluateAlerts()
  const before = (await open()).meta.open
  for (const [rule, { almost, work }] of Object.entries(drills)) {
    await almost?.()
    expect([rule, await evaluateAlerts()]).toEqual([rule, 0])
    await work()
    // Two instances look at the same moment.
    const raised = await Promise.all([evaluateAlerts(), evaluateAlerts()])
    expect([rule, raised.sort()]).toEqual([rule, [0, 1]])
    expect([rule, await evaluateAlerts()]).toEqual([rule, 0])
  }
  const { data, meta } = await open()
  expect(meta.open - before).toBe(Object.keys(alertDefaults).length)
  expect(data.map(({ rule }: { rule: string }) => rule).sort()).toEqual(Object.keys(alertDefaults).sort())
  for (const { sentence } of data) expect(sentence).not.toMatch(/[{}]|undefined/)
  const events = await db().auditEvent.count({ where: { event: 'alert.raised' } })
  expect(events).toBe(Object.keys(alertDefaults).length)
})

test('an acknowledged alert names who looked, stays quiet, and comes back only for what happens later', async () => {
  const alert = (await open()).data.find(({ rule }: { rule: string }) => rule === 'destination_changed')
  const done = await api.call('POST', `/api/alerts/${alert.id}/acknowledge`, { as: workspace.people.admin, body: {} })
  expect(done.body.data).toMatchObject({ acknowledged_by: expect.any(String), acknowledged_at: expect.any(String) })
  expect(await evaluateAlerts()).toBe(0)
  await write('credential.bound', 'cred_1')
  expect(await evaluateAlerts()).toBe(1)
  const other = await makeWorkspace()
  const foreign = await api.call('POST', `/api/alerts/${alert.id}/acknowledge`, { as: other.people.admin, body: {} })
  expect(foreign.status).toBe(404)
})

test('a workspace sets its own thresholds', async () => {
  workspace = await makeWorkspace()
  const change = { rules: { sign_in_failures: { count: 2, minutes: 5 } } }
  const answer = await api.call('PATCH', '/api/alerts/rules', { as: workspace.people.admin, body: change })
  expect(answer.body.data.rules.sign_in_failures).toEqual({ count: 2, minutes: 5 })
  expect(answer.body.data.rules.test_failures).toEqual({ count: 10, minutes: 10 })
  const wrong = { rules: { sign_in_failures: { count: 0 } } }
  expect((await api.call('PATCH', '/api/alerts/rules', { as: workspace.people.admin, body: wrong })).status).toBe(400)
  await times(2, () => write('session.refused', 'usr_1'))
  expect(await evaluateAlerts()).toBe(1)
})

test('a rule that is switched off raises nothing until it is on again, and its thresholds stay', async () => {
  workspace = await makeWorkspace()
  const patch = (body: object) => api.call('PATCH', '/api/alerts/rules', { as: workspace.people.admin, body })
  await patch({ rules: { sign_in_failures: { count: 2, minutes: 5 } } })
  const off = await patch({ off: ['sign_in_failures'] })
  expect(off.body.data).toMatchObject({
    off: ['sign_in_failures'],
    rules: { sign_in_failures: { count: 2, minutes: 5 } },
  })
  await times(2, () => write('session.refused', 'usr_1'))
  expect(await evaluateAlerts()).toBe(0)
  // Thresholds of another rule switch nothing on, and a rule that is named empty has its defaults back.
  const other = await patch({ rules: { test_failures: { count: 3 } } })
  expect(other.body.data).toMatchObject({
    off: ['sign_in_failures'],
    rules: { test_failures: { count: 3, minutes: 10 } },
  })
  expect((await patch({ rules: { test_failures: {} } })).body.data.rules.test_failures).toEqual({
    count: 10,
    minutes: 10,
  })
  expect((await patch({ off: ['nothing'] })).status).toBe(400)
  expect((await patch({ off: [] })).body.data.off).toEqual([])
  expect(await evaluateAlerts()).toBe(1)
})

test('a test of a rule is an event of the trail, which its destinations get, and no alert', async () => {
  workspace = await makeWorkspace()
  const as = workspace.people.admin
  const answer = await api.call('POST', '/api/alerts/rules/test', { as, body: { rule: 'slot_behind' } })
  expect([answer.status, answer.body.data]).toMatchObject([200, { rule: 'slot_behind' }])
  const event = await db().auditEvent.findFirst({ where: { requestId: answer.headers.get('x-request-id') } })
  expect(event).toMatchObject({ event: 'alert.tested', targetName: 'slot_behind', details: { test: true } })
  expect((await open()).data.filter((one: { installation: boolean }) => !one.installation)).toEqual([])
})
