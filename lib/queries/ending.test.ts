import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makePerson, makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'
import { endAll } from './running.ts'
import { createSource, linesOf, runningOn, until } from './testing/queries.ts'

const api = useApi()
const engine = useEngine()
const target = useTarget()
let workspace: TestWorkspace
let people: TestWorkspace['people']

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  await createSource(api, target, people.owner, { conn_id: 'sales' })
})

let marks = 0

/** Starts a statement that sends some thousand rows and then works for a minute; answers once the server is at it. */
const begin = async (as: Person, by: 'key' | 'cookie' = 'cookie') => {
  const mark = `mark${++marks}x`
  const sql = `select n, repeat('x', 20), pg_sleep(case when n < 4000 then 0 else 60 end), '${mark}' from generate_series(1, 5000) n`
  const response = await api.send('POST', '/api/data-sources/sales/queries', { as, by, body: { sql } })
  expect(response.status).toBe(200)
  await until(
    () => runningOn(target, mark),
    (n) => n === 1,
  )
  const [row] = await db().queryRun.findMany({ where: { sql: { contains: mark } } })
  return { response, mark, id: row?.id ?? '' }
}

/** That nothing of it runs on the server two seconds after `end`, beside what a busy machine needs to look. */
const gone = async (mark: string, since: number, within_ms = 2_000) => {
  await until(
    () => runningOn(target, mark),
    (n) => n === 0,
  )
  expect(performance.now() - since).toBeLessThan(within_ms)
}

const rowOf = (id: string) => db().queryRun.findUniqueOrThrow({ where: { id } })

test('a cancelled query ends on the server, and its answer says so', async () => {
  const { response, mark, id } = await begin(people.builder)
  const since = performance.now()
  const answer = await api.call('DELETE', `/api/queries/${id}`, { as: people.builder, by: 'cookie' })
  expect([answer.status, answer.body.data]).toEqual([200, { id, status: 'running' }])
  await gone(mark, since)
  const lines = linesOf(await response.text())
  expect(lines.at(-1).error).toMatchObject({ code: 'cancelled' })
  expect(await rowOf(id)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } })
  const event = await db().auditEvent.findFirst({ where: { event: 'query.cancelled' } })
  expect(event).toMatchObject({
    targetType: 'connection',
    details: { query_id: id, started_by: people.builder.userId },
  })
})

test('somebody else’s is cancelled by an admin only', async () => {
  const { mark, id, response } = await begin(people.builder)
  expect((await api.call('DELETE', `/api/queries/${id}`, { as: people.integrator })).status).toBe(404)
  expect(await runningOn(target, mark)).toBe(1)
  const since = performance.now()
  expect((await api.call('DELETE', `/api/queries/${id}`, { as: people.admin })).status).toBe(200)
  await gone(mark, since)
  await response.body?.cancel().catch(() => undefined)
})

test('a flag that another process set in the row ends it as well', async () => {
  const { response, mark, id } = await begin(people.builder)
  const since = performance.now()
  await db().queryRun.update({ where: { id }, data: { cancelRequestedAt: new Date() } })
  await gone(mark, since, 3_000)
  expect(linesOf(await response.text()).at(-1).error).toMatchObject({ code: 'cancelled' })
})

test('whoever closes the tab ends what runs for it', async () => {
  const { response, mark, id } = await begin(people.builder)
  const since = performance.now()
  await response.body?.cancel()
  await gone(mark, since)
  await until(
    () => rowOf(id),
    ({ status }) => status === 'cancelled',
  )
})

test('a session that is revoked ends what runs for it', async () => {
  const person = await makePerson(workspace, 'builder')
  const { response, mark, id } = await begin(person)
  const since = performance.now()
  await db().session.updateMany({ where: { userId: person.userId }, data: { revokedAt: new Date() } })
  await gone(mark, since, 5_000)
  expect(linesOf(await response.text()).at(-1).error).toMatchObject({ code: 'forbidden' })
  expect(await rowOf(id)).toMatchObject({ status: 'failed', error: { code: 'forbidden' } })
})

test('a web process that stops ends what it runs', async () => {
  const { response, mark, id } = await begin(people.builder)
  const since = performance.now()
  endAll()
  await gone(mark, since)
  expect(linesOf(await response.text()).at(-1).error).toMatchObject({ code: 'unavailable' })
  expect(await rowOf(id)).toMatchObject({ status: 'failed', error: { code: 'unavailable' } })
})

test.each(['stop', 'kill'] as const)('an engine that ends leaves nothing running: %s', async (how) => {
  const { response, mark } = await begin(people.builder)
  const since = performance.now()
  const over = engine[how]()
  await gone(mark, since)
  await over
  expect(linesOf(await response.text()).at(-1).error).toMatchObject({
    code: expect.stringMatching(/unavailable|cancelled/),
  })
  await engine.start()
})

test('a fourth query of one person is told when to come again, and others are not held up', async () => {
  const as = await makePerson(workspace, 'builder')
  const three = [await begin(as), await begin(as), await begin(as)]
  const body = { sql: 'select 1' }
  const fourth = await api.call('POST', '/api/data-sources/sales/queries', { as, by: 'cookie', body })
  expect([fourth.status, fourth.body.detail, fourth.headers.get('retry-after')]).toEqual([
    429,
    'You already run 3 queries. Wait until one of them ends, or cancel one.',
    '5',
  ])
  const tested = await api.call('POST', '/api/connections/sales/test', { as: people.owner, body: {} })
  expect(tested.body.success).toBe(true)
  await Promise.all(three.map(({ response }) => response.body?.cancel()))
  await until(
    () => api.call('POST', '/api/data-sources/sales/queries', { as, by: 'cookie', body }),
    ({ status }) => status === 200,
  )
})
