import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { type Certificates, makeCertificates } from '#lib/connectors/_tls/testing/certificates'
import { db } from '#lib/db/client'
import { startHttps } from '#lib/engine/testing/receivers'
import { refreshing } from './testing/refreshing.ts'

const api = useApi()
const engine = useEngine()
const target = useTarget()
// Other work on this machine may slow a refresh down a lot.
vi.setConfig({ testTimeout: 240_000 })
const signingKey = 'canary-signing-key-of-sixteen'

let certificates: Certificates
let people: TestWorkspace['people']
const { create, refresh, ask } = refreshing(api, () => people)
const receivers: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  certificates = makeCertificates()
  people = (await makeWorkspace()).people
  await target.query(
    'create schema hook; grant usage on schema hook to etl; create table hook.orders (id int, note text)',
  )
})
afterAll(async () => {
  for (const { stop } of receivers) await stop()
})

const receive = async (options: Parameters<typeof startHttps>[1] = {}) => {
  const receiver = await startHttps(certificates.good, options)
  receivers.push(receiver)
  return receiver
}
const connect = (conn_id: string) =>
  create(conn_id, 'postgres', {
    config: target.config(),
    credential: { config: { username: 'etl', password: targetPassword } },
  })
const bodyFor = (port: number, more: object = {}) => ({
  url: `https://localhost:${port}/schema`,
  ca: certificates.authority,
  secret: { signing_key: signingKey },
  ...more,
})
const hook = (ref: string, method = 'GET', body?: object, as = people.owner) =>
  api.call(method, `/api/data-sources/${ref}/webhook`, { as, ...(body && { body }) })
const put = async (ref: string, body: object) => {
  const answer = await hook(ref, 'PUT', body)
  expect([answer.status, answer.text]).toEqual([200, answer.text])
  return answer.body.data
}
const eventsOf = (received: { body: string }[]) => received.flatMap(({ body }) => JSON.parse(body).events)
const until = (check: () => unknown, timeout = 90_000) => vi.waitFor(check, { timeout, interval: 50 })
/** The sealer and the sender have had their turns for everything there is. */
const settled = () =>
  until(async () => {
    expect(await db().auditPending.count()).toBe(0)
  })

test('what changed in a schema arrives once, signed, with what can break and without any value', async () => {
  const id = await connect('hooked')
  const receiver = await receive()
  await put('hooked', bodyFor(receiver.port, { changes: 'all' }))
  await refresh('hooked')
  await refresh('hooked')
  await target.query(
    "alter table hook.orders drop note, add memo text default 'a value'; create table hook.more (id int); comment on table hook.orders is 'a value'",
  )
  const { id: refreshId } = await refresh('hooked')
  await until(() => expect(receiver.received).toHaveLength(1))
  const [{ headers, body }] = receiver.received as [(typeof receiver.received)[number]]
  const expected = createHmac('sha256', signingKey).update(`${headers['x-jackfield-timestamp']}.${body}`).digest('hex')
  expect(headers['x-jackfield-signature']).toBe(`v1=${expected}`)
  const [event] = eventsOf(receiver.received)
  expect(event).toMatchObject({
    id: expect.stringMatching(/^evt_/),
    event: 'data_source.schema_changed',
    target: { type: 'connection', id, name: 'hooked' },
    details: {
      refresh: refreshId,
      class: 'breaking',
      ...{ total: 2, removed: 0, changed: 1, added: 1, more: 0 },
      page: `/workspace/data-sources/${id}/changes?refresh=${refreshId}`,
      objects: [
        {
          ...{ type: 'relation', schema: 'hook', name: 'orders', class: 'breaking' },
          changes: [
            { class: 'neutral', what: 'comment changed', name: null },
            { class: 'breaking', what: 'column removed', name: 'note' },
            { class: 'additive', what: 'column added', name: 'memo' },
          ],
        },
        {
          schema: 'hook',
          name: 'more',
          class: 'additive',
          changes: [{ class: 'additive', what: 'added', name: null }],
        },
      ],
    },
  })
  expect(body).not.toMatch(/a value|canary/)
  // Nothing changed, and things that are no change of the schema: nothing is sent.
  await refresh('hooked')
  await api.call('POST', '/api/connections/hooked/test', { as: people.owner, body: {} })
  await target.query('create table hook.later (id int)')
  await refresh('hooked')
  await until(() => expect(receiver.received.length).toBeGreaterThan(1))
  expect(eventsOf(receiver.received).slice(1)).toMatchObject([{ details: { total: 1, objects: [{ name: 'later' }] } }])
})

test('a webhook for what can break hears of nothing else, and the webhook of another source of neither', async () => {
  await connect('careful')
  await connect('other')
  const [careful, other] = [await receive(), await receive()]
  await refresh('careful')
  await refresh('other')
  await put('careful', bodyFor(careful.port))
  await put('other', bodyFor(other.port, { changes: 'all' }))
  await target.query('create table hook.harmless (id int)')
  await refresh('careful')
  await target.query('drop table hook.harmless')
  await refresh('careful')
  await until(() => expect(careful.received).toHaveLength(1))
  expect(eventsOf(careful.received)[0].details).toMatchObject({ class: 'breaking', removed: 1, added: 0 })
  await target.query('create table hook.own (id int)')
  await refresh('other')
  await until(() => expect(other.received.length).toBeGreaterThan(0))
  expect(eventsOf(other.received)).toMatchObject([
    { target: { name: 'other' }, details: { objects: [{ name: 'own' }] } },
  ])
})

test('an engine that is killed, and a receiver that is down, make no second event: the same id comes until it is taken', async () => {
  await connect('killed')
  let status = 503
  const receiver = await receive({ answer: () => status })
  await refresh('killed')
  await put('killed', bodyFor(receiver.port))
  await target.query('create table hook.dropped (id int)')
  await refresh('killed')
  await target.query('drop table hook.dropped')
  // In the middle of the reading, and again after the receiver has seen it and before it took it.
  await ask('killed')
  await engine.kill()
  await engine.start()
  await until(() => expect(receiver.received.length).toBeGreaterThan(0), 200_000)
  await engine.kill()
  status = 204
  await db().auditSink.updateMany({ data: { retryAt: null } })
  await engine.start()
  await until(async () => {
    const { body } = await hook('killed')
    expect(body.data).toMatchObject({ failures: 0, last_sent_at: expect.any(String) })
  })
  await settled()
  const events = eventsOf(receiver.received)
  expect(events.length).toBeGreaterThan(1)
  expect(new Set(events.map(({ id }) => id)).size).toBe(1)
  const own = await db().auditEvent.count({ where: { event: 'data_source.schema_changed', targetName: 'killed' } })
  // The table that came, and that it went: never twice.
  expect(own).toBe(2)
}, 400_000)

test('what a cancelled refresh has found is said by the next one', async () => {
  await connect('cancelled')
  await refresh('cancelled')
  const receiver = await receive()
  await put('cancelled', bodyFor(receiver.port, { changes: 'all' }))
  await target.query('create table hook.seen (id int)')
  const { id } = await refresh('cancelled', { schema: 'hook' })
  await until(() => expect(receiver.received).toHaveLength(1))
  // As if that refresh had been cancelled after its last write.
  const before = await db().sourceCache.findFirstOrThrow({ where: { connection: { connId: 'cancelled' } } })
  await db().sourceRefresh.update({ where: { id }, data: { status: 'cancelled' } })
  await db().sourceCache.update({
    where: { connectionId: before.connectionId },
    data: { announcedAt: before.refreshedAt },
  })
  await refresh('cancelled')
  await until(() => expect(receiver.received).toHaveLength(2))
  expect(eventsOf(receiver.received)[1].details).toMatchObject({ added: 1, objects: [{ name: 'seen' }] })
})

test('the signing key is never shown, not kept for another receiver, and metadata addresses are never dialled', async () => {
  await connect('guarded')
  const receiver = await receive()
  expect((await hook('guarded')).body.data).toMatchObject({ url: null, revision: 0 })
  const { secret: _, ...withoutKey } = bodyFor(receiver.port)
  expect((await hook('guarded', 'PUT', withoutKey)).body.errors).toMatchObject([{ pointer: '/secret' }])
  expect(await put('guarded', bodyFor(receiver.port))).toMatchObject({ secret: { set: true }, changes: 'breaking' })
  expect((await hook('guarded')).text).not.toContain('canary')
  const test = () => api.call('POST', '/api/data-sources/guarded/webhook/test', { as: people.owner, body: {} })
  expect((await test()).body.data).toMatchObject({ success: true })
  expect(eventsOf(receiver.received)).toMatchObject([{ event: 'audit_sink.test', details: { test: true } }])
  const elsewhere = { ...withoutKey, url: 'https://169.254.169.254/latest' }
  expect((await hook('guarded', 'PUT', elsewhere)).body.errors).toMatchObject([{ pointer: '/secret' }])
  await put('guarded', { ...elsewhere, secret: { signing_key: signingKey } })
  expect((await test()).body.data).toMatchObject({ success: false, message: expect.stringContaining('never dialled') })
  // It is no destination of the trail, which admins alone see and change.
  const sinks = await api.call('GET', '/api/audit/sinks', { as: people.admin })
  expect(sinks.body.data).toEqual([])
  const row = await db().auditSink.findFirstOrThrow({ where: { connection: { connId: 'guarded' } } })
  expect((await api.call('DELETE', `/api/audit/sinks/${row.id}`, { as: people.admin })).status).toBe(404)
  expect((await hook('guarded', 'DELETE')).body.data).toEqual({ deleted: true })
  expect((await hook('guarded', 'DELETE')).status).toBe(404)
})

test('two who change it at once do not overwrite each other, and whoever only looks neither reads nor sets it', async () => {
  await connect('shared')
  const body = bodyFor(1)
  const { revision } = await put('shared', body)
  const url = '/api/data-sources/shared/webhook'
  const late = await api.call('PUT', url, { as: people.owner, body, headers: { 'if-match': '"0"' } })
  expect([late.status, revision]).toEqual([412, 1])
  for (const role of ['viewer', 'builder'] as const) {
    expect([role, (await hook('shared', 'GET', undefined, people[role])).status]).toEqual([role, 403])
    expect([role, (await hook('shared', 'PUT', body, people[role])).status]).toEqual([role, 403])
  }
})
