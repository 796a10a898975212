import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { collectLines } from '../_test/testing/run.ts'
import {
  type ReplicateLine,
  type ReplicationPlan,
  replicateLine,
  replicateRequest,
  replicationPlan,
} from '../contract.ts'
import { driver } from './driver.ts'
import { debianBin, startCluster } from './testing/cluster.ts'
import { targetOf } from './testing/run.ts'
import { openServer, type TestServer } from './testing/servers.ts'

const linesOf = <T extends ReplicateLine['type']>(lines: ReplicateLine[], type: T) =>
  lines.filter((line): line is Extract<ReplicateLine, { type: T }> => line.type === type)

const askAt =
  (server: Pick<TestServer, 'port' | 'admin'>, database: string, login = server.admin) =>
  (request: z.input<typeof replicateRequest>): Promise<ReplicateLine[]> => {
    const target = targetOf({
      config: { port: server.port, database },
      credential: login,
      limits: { total_ms: 60_000 },
    })
    return collectLines(driver.replicate(target, replicateRequest.parse(request)), replicateLine)
  }

const plan = (change: Partial<ReplicationPlan> = {}): ReplicationPlan =>
  replicationPlan.parse({
    publication: 'Jackfield "cdc"',
    slot: 'jackfield_test',
    tables: [
      { schema: 'shop', name: 'orders' },
      { schema: 'shop', name: 'no key' },
    ],
    ...change,
  })

const fixture = `
  create schema shop;
  create table shop.orders (id int primary key, total numeric, note text);
  create table shop."no key" (a text);
  create unlogged table shop.fleeting (id int primary key);
  create view shop.orders_view as select * from shop.orders;
  alter table shop.orders alter column note set storage external;`

describe('change data capture where the server writes logical changes', () => {
  let server: TestServer
  const database = 'runner_replicate_database'
  const ask = (request: z.input<typeof replicateRequest>, login?: TestServer['admin']) =>
    askAt(server, database, login)(request)
  const check = async (given = plan(), login?: TestServer['admin']) => ask({ what: 'check', plan: given }, login)
  const checkOf = async (id: string, given = plan(), login?: TestServer['admin']) =>
    linesOf(await check(given, login), 'check').find((line) => line.id === id)
  const step = (id: string, direction: 'do' | 'undo' = 'do', touched: ReplicationPlan['tables'] = []) =>
    ask({ what: 'step', plan: plan(), step: id, direction, touched })

  beforeAll(async () => {
    server = await openServer('embedded')
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    await server.run('postgres', `create database ${database}`)
    await server.run(database, fixture)
    await server.run(database, `drop role if exists cdc_poor; create role cdc_poor login password 'poor-Pa55'`)
  })
  afterAll(async () => {
    const slots = `select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = '${database}'`
    await server.run(database, slots).catch(() => {})
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    await server.run('postgres', 'drop role if exists cdc_poor')
    server.stop()
  })

  it('says everything at once: what holds, what each table lacks, and the steps with their SQL', async () => {
    const lines = await check()
    expect(linesOf(lines, 'check').filter(({ status }) => status === 'failed')).toEqual([])
    expect(linesOf(lines, 'table')).toMatchObject([
      { name: 'orders', status: 'passed', identity: 'primary key' },
      {
        name: 'no key',
        status: 'warning',
        identity: 'nothing',
        fix: { text: expect.stringContaining('REPLICA IDENTITY FULL') },
      },
    ])
    expect(linesOf(lines, 'step')).toMatchObject([
      { id: 'identity', sql: 'ALTER TABLE "shop"."no key" REPLICA IDENTITY FULL;', done: false },
      {
        id: 'publication',
        sql: 'CREATE PUBLICATION "Jackfield ""cdc""" FOR TABLE "shop"."orders", "shop"."no key";',
        done: false,
      },
      { id: 'slot', undo_sql: "SELECT pg_drop_replication_slot('jackfield_test');", done: false },
    ])
  })

  it('finds tables that send no changes, or are not there', async () => {
    const tables = ['fleeting', 'orders_view', 'nothing'].map((name) => ({ schema: 'shop', name }))
    const found = linesOf(await check(plan({ tables })), 'table')
    expect(found.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed'])
    expect(found.map(({ sentence }) => sentence).join()).toMatch(/unlogged.*view.*no such table/)
  })

  it('tells a login without rights what it lacks, with the statements that give it', async () => {
    const poor = { username: 'cdc_poor', password: 'poor-Pa55' }
    expect(await checkOf('replication_right', plan(), poor)).toMatchObject({
      status: 'failed',
      fix: { text: 'ALTER ROLE "cdc_poor" WITH REPLICATION;' },
    })
    expect(await checkOf('publication', plan(), poor)).toMatchObject({
      status: 'failed',
      fix: { text: `GRANT CREATE ON DATABASE "${database}" TO "cdc_poor";` },
    })
    expect(linesOf(await check(plan(), poor), 'table')).toMatchObject([{ status: 'failed' }, { status: 'failed' }])
    await server.run(database, 'grant usage on schema shop to cdc_poor; grant select on shop.orders to cdc_poor')
    const byOwner = 'CREATE PUBLICATION "Jackfield ""cdc""" FOR TABLE "shop"."orders"; -- as the owner'
    expect(linesOf(await check(plan(), poor), 'table')[0]).toMatchObject({ status: 'failed', fix: { text: byOwner } })
    await server.run(database, 'revoke usage on schema shop from cdc_poor; revoke select on shop.orders from cdc_poor')
    await expect(ask({ what: 'step', plan: plan(), step: 'publication', direction: 'do' }, poor)).rejects.toThrow(
      /denied/,
    )
  })

  it('is set up step by step, each only once, and undone the same way', async () => {
    const touched = new Map<string, ReplicationPlan['tables']>()
    for (const id of ['identity', 'publication', 'slot']) {
      const [done] = linesOf(await step(id), 'done')
      touched.set(id, done?.touched ?? [])
    }
    expect(linesOf(await check(), 'step').map(({ done }) => done)).toEqual([true, true, true])
    expect(linesOf(await check(), 'table').map(({ identity }) => identity)).toEqual(['primary key', 'whole row'])
    expect(linesOf(await step('slot'), 'done')).toMatchObject([{ sql: '' }])
    const [slot] = linesOf(await ask({ what: 'status', slots: ['jackfield_test', 'other'] }), 'slot')
    expect(slot).toMatchObject({ exists: true, active: false, plugin: 'pgoutput', wal_status: 'reserved' })
    for (const id of ['slot', 'publication', 'identity']) await step(id, 'undo', touched.get(id))
    expect(linesOf(await check(), 'step').map(({ done }) => done)).toEqual([false, false, false])
    // Undone twice is undone.
    await step('slot', 'undo')
  })

  it('adds tables to a publication that was there, and takes only those out again', async () => {
    await server.run(
      database,
      'create table shop.more (id int primary key); create publication "Jackfield ""cdc""" for table shop.more',
    )
    const [added] = linesOf(await step('publication'), 'done')
    expect(added?.sql).toMatch(/^ALTER PUBLICATION .* ADD TABLE/)
    const [undone] = linesOf(await step('publication', 'undo', added?.touched), 'done')
    expect(undone?.sql).toMatch(/^ALTER PUBLICATION .* DROP TABLE/)
    await server.run(database, 'drop publication "Jackfield ""cdc"""')
  })

  it('refuses a slot that is another’s', async () => {
    await server.run(database, "select pg_create_logical_replication_slot('other_plugin', 'test_decoding')")
    expect(await checkOf('slot', plan({ slot: 'other_plugin' }))).toMatchObject({
      status: 'failed',
      sentence: expect.stringContaining('test_decoding'),
    })
  })

  it('shows changes as they are committed, exactly, and leaves no slot behind', async () => {
    for (const id of ['identity', 'publication']) await step(id)
    const previewing = ask({ what: 'preview', plan: plan(), seconds: 30, changes: 5 })
    await pause(1_500)
    const long = 'x'.repeat(10_000)
    await server.run(database, `insert into shop.orders values (1, 12345678901234567890.123456789, '${long}')`)
    await server.run(database, 'update shop.orders set total = null where id = 1')
    await server.run(database, `insert into shop."no key" values ('<b>é</b>')`)
    await server.run(database, 'delete from shop."no key"')
    await server.run(database, 'truncate shop.orders')
    await server.run(database, 'insert into shop.orders values (9)')
    const lines = await previewing
    const changes = linesOf(lines, 'change')
    expect(changes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'insert orders',
      'update orders',
      'insert no key',
      'delete no key',
      'truncate orders',
    ])
    expect(changes[0]?.after).toMatchObject([
      { name: 'id', value: '1', key: true },
      { name: 'total', value: '12345678901234567890.123456789' },
      { name: 'note', value: { bytes: 10_000 } },
    ])
    expect(changes[1]?.after).toMatchObject([{ value: '1' }, { value: null }, { value: { kept: true } }])
    expect(changes[3]?.before).toMatchObject([{ name: 'a', value: '<b>é</b>' }])
    expect(Date.parse(changes[0]?.committed_at ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect(lines.at(-1)).toMatchObject({ type: 'end', sentence: 'Stopped after 5 changes.' })
    // Divides by their number, so that it fails while there are none.
    const left = "select 1 / count(*) from pg_replication_slots where slot_name like 'jackfield_preview%'"
    await expect.poll(() => server.run(database, left).catch((error: Error) => error.message)).toMatch(/zero/)
    await server.run(
      database,
      'drop publication "Jackfield ""cdc"""; alter table shop."no key" replica identity default',
    )
  })

  it('says that a preview needs its publication', async () => {
    await expect(ask({ what: 'preview', plan: plan() })).rejects.toThrow(/no publication/)
  })
})

const bin = debianBin()

describe.skipIf(!bin)('change data capture where the server does not write logical changes', () => {
  let cluster: Awaited<ReturnType<typeof startCluster>>
  beforeAll(async () => {
    cluster = await startCluster(bin ?? '')
    cluster.configure({ wal_level: 'replica', max_replication_slots: '0' }, ['host all all 127.0.0.1/32 scram-sha-256'])
    await cluster.query(fixture)
  })
  afterAll(() => cluster.stop())

  it('names the setting and how to change it, and refuses the slot with a sentence', async () => {
    const ask = askAt({ port: cluster.port, admin: cluster.superuser }, 'postgres')
    const checks = linesOf(await ask({ what: 'check', plan: plan() }), 'check')
    expect(checks.filter(({ status }) => status === 'failed')).toMatchObject([
      { id: 'wal_level', fix: { kind: 'sql', text: expect.stringContaining('ALTER SYSTEM SET wal_level') } },
      { id: 'slots' },
    ])
    expect(checks.find(({ id }) => id === 'wal_limit')?.status).toBe('warning')
    await expect(ask({ what: 'step', plan: plan(), step: 'slot', direction: 'do' })).rejects.toThrow(
      /PostgreSQL refused/,
    )
  })

  it('has nothing left to complain about once they are changed', async () => {
    cluster.configure({ wal_level: 'logical', max_slot_wal_keep_size: '1GB' }, [
      'host all all 127.0.0.1/32 scram-sha-256',
    ])
    const ask = askAt({ port: cluster.port, admin: cluster.superuser }, 'postgres')
    const checks = linesOf(await ask({ what: 'check', plan: plan() }), 'check')
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([])
    expect(checks.find(({ id }) => id === 'wal_limit')?.status).toBe('passed')
  })
})
