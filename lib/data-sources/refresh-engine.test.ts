import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'
import { useHoldingProxy } from './testing/holding-proxy.ts'
import { refreshing } from './testing/refreshing.ts'

const api = useApi()
const engine = useEngine()
const target = useTarget()
const proxy = useHoldingProxy(() => target.config().port)

let people: TestWorkspace['people']
const { call, create: make, ask, ended, refresh } = refreshing(api, () => people)
const create = (conn_id: string, password = targetPassword, port = proxy.port()) =>
  make(conn_id, 'postgres', {
    config: target.config({ port }),
    credential: { config: { username: 'etl', password } },
  })
const wait = { timeout: 60_000, interval: 100 }

/** Tables of some size each: bytes to stop in the middle of. */
const tables = 150
const bytesHeld = 600_000

beforeAll(async () => {
  people = (await makeWorkspace()).people
  for (const schema of ['a_first', 'b_second', 'c_third']) {
    await target.query(`create schema ${schema}; do $$ begin for n in 1..${tables} loop
      execute format('create table ${schema}.t_%s (id int)', n);
      execute format('comment on table ${schema}.t_%s is %L', n, repeat('long ', 600)); end loop; end $$`)
  }
}, 120_000)

afterEach(() => proxy.release())

const current = (connectionId: string) =>
  db().sourceObject.count({ where: { connectionId, untilAt: null, type: 'relation' } })
const versions = (connectionId: string) => db().sourceObject.count({ where: { connectionId, type: 'relation' } })

test('a refresh whose engine is killed in the middle goes on elsewhere, and nothing is there twice', {
  timeout: 180_000,
}, async () => {
  const id = await create('killed')
  proxy.hold(bytesHeld)
  const asked = await ask('killed')
  const running = await ended('killed', asked, ({ status }: { status: string }) => status === 'running')
  expect(running).toMatchObject({ status: 'running' })
  await vi.waitFor(() => expect(proxy.isHeld()).toBe(true), wait)
  await vi.waitFor(async () => expect(await current(id)).toBeGreaterThan(0), wait)
  await engine.kill()
  proxy.release()
  const other = await engine.another()
  const done = await ended('killed', asked)
  expect(done).toMatchObject({ status: 'done', removed: 0, changed: 0, added: done.relations })
  expect([await current(id), await versions(id)]).toEqual([done.relations, done.relations])
  expect(done.relations).toBeGreaterThanOrEqual(3 * tables)
  expect(await db().sourceRefresh.findFirst({ where: { id: asked } })).toMatchObject({ attempts: 2 })
  await other.kill()
  await engine.start()
})

test('a refresh that is stopped stops at the server too, and what it had read stays', {
  timeout: 120_000,
}, async () => {
  await create('stopped')
  proxy.hold(bytesHeld)
  const asked = await ask('stopped')
  await vi.waitFor(() => expect(proxy.isHeld()).toBe(true), wait)
  expect((await call('DELETE', `stopped/refreshes/${asked}`)).body.data).toMatchObject({ status: 'cancelled' })
  await vi.waitFor(() => expect(proxy.connections()).toBe(0), wait)
  proxy.release()
  expect(await ended('stopped', asked)).toMatchObject({ status: 'cancelled' })
  expect((await call('DELETE', `stopped/refreshes/${asked}`)).status).toBe(409)
  expect(await refresh('stopped')).toMatchObject({ status: 'done' })
})

test('two engines never read one connection at the same time', { timeout: 120_000 }, async () => {
  const id = await create('shared')
  const other = await engine.another()
  await refresh('shared')
  const opened = proxy.opened()
  proxy.hold(bytesHeld / 6)
  const scopes = [{ schema: 'a_first' }, { schema: 'b_second' }, { schema: 'c_third' }]
  const asked = await Promise.all(scopes.map((scope) => ask('shared', scope)))
  await vi.waitFor(() => expect(proxy.isHeld()).toBe(true), wait)
  await sleep(3_000)
  const running = await db().sourceRefresh.count({ where: { connectionId: id, status: 'running' } })
  expect([running, proxy.opened() - opened]).toEqual([1, 1])
  proxy.release()
  for (const one of asked) expect(await ended('shared', one)).toMatchObject({ status: 'done', added: 0 })
  await other.kill()
})

test('a schedule reads by itself; at a refused login it stops until somebody acts (SQL-11)', {
  timeout: 180_000,
}, async () => {
  const good = await create('scheduled')
  const bad = await create('refused', 'wrong-canary')
  const schedule = { schedule: { kind: 'interval', minutes: 60 } }
  for (const ref of ['scheduled', 'refused'])
    expect((await call('PUT', `${ref}/configuration`, schedule)).status).toBe(200)
  const cacheOf = (connectionId: string) => db().sourceCache.findFirst({ where: { connectionId } })
  const due = (connectionId: string) =>
    db().sourceCache.updateMany({ where: { connectionId }, data: { nextAt: new Date(0) } })
  await vi.waitFor(async () => expect((await cacheOf(good))?.nextAt && (await cacheOf(bad))?.nextAt).toBeTruthy(), wait)
  const next = (await cacheOf(good))?.nextAt?.getTime() ?? 0
  expect(next - Date.now()).toBeGreaterThan(55 * 60_000)
  expect(next - Date.now()).toBeLessThan(66 * 60_000)
  const opened = proxy.opened()
  await due(bad)
  await vi.waitFor(async () => expect((await cacheOf(bad))?.stopped).toMatch(/password/i), wait)
  await due(bad)
  await due(good)
  await vi.waitFor(async () => expect((await cacheOf(good))?.refreshedAt).toBeTruthy(), wait)
  expect(await db().sourceRefresh.findFirst({ where: { connectionId: good } })).toMatchObject({
    trigger: 'schedule',
    requestedBy: 'system',
    status: 'done',
  })
  await sleep(6_000)
  expect(await db().sourceRefresh.count({ where: { connectionId: bad } })).toBe(1)
  expect(proxy.opened() - opened).toBeLessThanOrEqual(2)
  // By hand it may be tried again, though not for ever.
  const statuses: number[] = []
  for (let tries = 0; tries < 5; tries++) {
    const answer = await call('POST', 'refused/refresh', {})
    statuses.push(answer.status)
    if (answer.status === 202)
      expect(await ended('refused', answer.body.data.id)).toMatchObject({
        status: 'failed',
        problem: { cause: { stage: 'authenticate' } },
      })
  }
  expect(statuses).toEqual([202, 202, 409, 409, 409])
  await call('PUT', 'refused/configuration', schedule)
  expect(await cacheOf(bad)).toMatchObject({ stopped: null, failures: 0 })
  const events = await db().auditEvent.findMany({ where: { event: 'data_source.refreshed', actorKind: 'system' } })
  expect(events.map(({ targetId }) => targetId)).toEqual(expect.arrayContaining([good, bad]))
})

test('a schema that cannot be read costs only itself, and what is known of it stays', {
  timeout: 120_000,
}, async () => {
  await target.query(
    'create schema broken; create table broken.t (a int, constraint odd check (a > 0)); create schema sound; create table sound.t (a int)',
  )
  const id = await create('partial')
  await refresh('partial')
  await target.query(`set allow_system_table_mods = on; update pg_constraint set conbin = null where conname = 'odd';
    reset allow_system_table_mods; create table sound.added (a int); drop table a_first.t_1`)
  const second = await refresh('partial')
  expect(second).toMatchObject({ status: 'partial', added: 1, removed: 1, problem: { code: 'upstream_failed' } })
  expect(second.problem.detail).toContain('broken')
  expect(await db().sourceObject.count({ where: { connectionId: id, schema: 'broken', untilAt: null } })).toBe(1)
  const schemas = await db().sourceSchema.findMany({ where: { connectionId: id, problem: { not: null } } })
  expect(schemas.map(({ name }) => name)).toEqual(['broken'])
  const listed: { name: string; problem?: string }[] = (await call('GET', 'partial/schemas')).body.data
  expect(listed.filter(({ problem }) => problem !== undefined).map(({ name }) => name)).toEqual(['broken'])
  await target.query('drop schema broken cascade')
  expect(await refresh('partial')).toMatchObject({ status: 'done', removed: 1 })
})
