import { beforeAll, describe, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { evaluateAlerts } from '#lib/audit/alert-store'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()
const target = useTarget()

let workspace: TestWorkspace
let people: TestWorkspace['people']

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  await target.query(
    'alter role etl with replication; grant create on database postgres to etl; alter table orders owner to etl',
  )
  const credential = { config: { username: 'etl', password: targetPassword } }
  const body = { conn_id: 'shop', name: 'Shop', type: 'postgres', config: target.config(), credential }
  expect((await api.call('POST', '/api/connections', { as: people.owner, body })).status).toBe(201)
})

const tables = [{ schema: 'public', name: 'orders' }]
const post = (end: string, body: object = {}, as = people.integrator) =>
  api.call('POST', `/api/data-sources/shop/cdc/${end}`, { as, body: { tables, slot: 'shop_slot', ...body } })
const list = async () => (await api.call('GET', '/api/data-sources/shop/cdc', { as: people.viewer })).body.data
/** The engine looks at it now; answers what is known of it then. */
const looked = async () => {
  const before = await db().replication.findFirstOrThrow()
  await db().replication.updateMany({ data: { nextCheckAt: new Date(0) } })
  const isNew = async () => {
    const { checkedAt, failures } = await db().replication.findFirstOrThrow()
    return checkedAt?.getTime() !== before.checkedAt?.getTime() || failures !== before.failures
  }
  await expect.poll(isNew, { timeout: 20_000, interval: 200 }).toBe(true)
  return db().replication.findFirstOrThrow()
}

describe('change data capture over the API', () => {
  test('checks everything at once, and is set up step by step', async () => {
    const { data } = (await post('check')).body
    expect(data.checks.filter(({ status }: { status: string }) => status === 'failed')).toEqual([])
    expect(data.steps.map(({ id, done }: { id: string; done: boolean }) => [id, done])).toEqual([
      ['identity', true],
      ['publication', false],
      ['slot', false],
    ])
    expect((await post('steps', { step: 'publication' })).body.sql).toMatch(/^CREATE PUBLICATION "jackfield"/)
    expect((await post('steps', { step: 'slot' })).status).toBe(200)
    expect(await list()).toMatchObject([{ slot: 'shop_slot', slot_made: true, steps: ['publication', 'slot'], tables }])
    const events = await db().auditEvent.findMany({
      where: { event: 'replication.step_taken' },
      orderBy: { id: 'asc' },
    })
    expect(events.map(({ details }) => details)).toMatchObject([
      { slot: 'shop_slot', step: 'publication', direction: 'do' },
      { slot: 'shop_slot', step: 'slot', direction: 'do' },
    ])
  })

  test('keeps its connection from being deleted while the slot may live', async () => {
    const answer = await api.call('DELETE', '/api/connections/shop', { as: people.owner })
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
    expect(answer.body.detail).toContain('shop_slot')
    const bulk = await api.call('POST', '/api/connections/bulk/delete', { as: people.owner, body: { ids: ['shop'] } })
    expect(bulk.text).not.toContain('"deleted"')
  })

  test('is watched, drawn as a graph, and raises an alert when its slot falls behind or is gone', async () => {
    await target.query("insert into orders select i, repeat('x', 200) from generate_series(1, 20000) i")
    await looked()
    const [seen] = await list()
    expect(seen.seen).toMatchObject({ exists: true, active: false, wal_status: 'reserved' })
    expect(seen.seen.lag_bytes).toBeGreaterThan(4_000_000)
    const lag = await api.call('GET', `/api/data-sources/shop/cdc/${seen.id}/lag`, { as: people.viewer })
    expect(lag.body.data).toMatchObject([{ active: false }])
    const behind = () => db().alert.findMany({ where: { rule: 'slot_behind', workspaceId: workspace.id } })
    await evaluateAlerts()
    expect(await behind()).toEqual([])
    await db().workspace.update({
      where: { id: workspace.id },
      data: { alertRules: { slot_behind: { megabytes: 1 } } },
    })
    await evaluateAlerts()
    expect(await behind()).toMatchObject([{ sentence: expect.stringMatching(/shop_slot of Shop is \d+ MB behind/) }])
  })

  test('asks a server that refuses the login ever more seldom', async () => {
    await target.query(`alter role etl password 'another'`)
    const minutes: number[] = []
    for (const _ of [1, 2, 3, 4]) {
      const { problem, nextCheckAt } = await looked()
      expect(problem).toMatch(/rejected the password/)
      minutes.push((nextCheckAt.getTime() - Date.now()) / 60_000)
    }
    expect(minutes.map((wait) => wait > 50)).toEqual([false, false, false, true])
    await target.query(`alter role etl password '${targetPassword}'`)
  })

  test('can be forgotten only by who may insist, with a reason', async () => {
    const [{ id }] = await list()
    const forget = (query: string, as = people.integrator) =>
      api.call('DELETE', `/api/data-sources/shop/cdc/${id}${query}`, { as })
    expect((await forget('')).status).toBe(409)
    expect((await forget('?force=true&reason=server%20is%20gone')).status).toBe(403)
    expect((await forget('?force=true', people.owner)).status).toBe(400)
    expect((await list()).length).toBe(1)
  })

  test('is undone step by step, and then the connection can be deleted', async () => {
    expect((await post('steps/undo', { step: 'slot' })).body.sql).toContain('pg_drop_replication_slot')
    expect((await post('steps/undo', { step: 'publication' })).body.sql).toBe('DROP PUBLICATION "jackfield";')
    expect(await list()).toEqual([])
    expect((await api.call('DELETE', '/api/connections/shop', { as: people.owner })).status).toBe(200)
  })
})
