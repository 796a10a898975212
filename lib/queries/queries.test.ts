import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import {
  type Answer,
  makePerson,
  makeWorkspace,
  type Person,
  type TestWorkspace,
  useApi,
} from '#lib/api/testing/install'
import { collectLog } from '#lib/api/testing/log'
import { useTarget } from '#lib/api/testing/target'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'
import { createSource, linesOf } from './testing/queries.ts'

const api = useApi()
useEngine()
const target = useTarget()
const logged = collectLog()

let workspace: TestWorkspace
let people: TestWorkspace['people']
let connectionId: string

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  connectionId = await createSource(api, target, people.owner, { conn_id: 'sales' })
})

const run = (body: object, as: Person = people.builder, headers = {}) =>
  api.call('POST', '/api/data-sources/sales/queries', { as, body, headers })
const history = (query = '', as: Person = people.builder) => api.call('GET', `/api/queries${query}`, { as })
const eventOf = (answer: { headers: Headers }) =>
  db().auditEvent.findMany({ where: { requestId: answer.headers.get('x-request-id') } })

/** The code of what went wrong, before the first byte or after it. */
const problemIn = ({ status, body, text }: Answer): string =>
  status >= 400 ? body.code : linesOf(text).at(-1).error?.code

test('rows stream between a head and an end, and the history says what ran', async () => {
  const answer = await run({ sql: 'select n, $1::text as t from generate_series(1, 3) n', parameters: ['a"b'] })
  expect(answer.headers.get('content-type')).toContain('application/x-ndjson')
  const [head, ...lines] = linesOf(answer.text)
  expect(head).toMatchObject({
    query_id: expect.stringMatching(/^qry_/),
    columns: [
      { name: 'n', kind: 'integer' },
      { name: 't', kind: 'text' },
    ],
    columns_left_out: 0,
  })
  expect(lines.slice(0, -1)).toEqual([
    [1, 'a"b'],
    [2, 'a"b'],
    [3, 'a"b'],
  ])
  expect(lines.at(-1)).toMatchObject({ rows: 3, truncated: null, command: 'SELECT', notices: [] })
  const one = await api.call('GET', `/api/queries/${head.query_id}`, { as: people.builder })
  expect(one.body.data).toMatchObject({
    connection: { id: connectionId, conn_id: 'sales' },
    kind: 'run',
    mode: 'read',
    status: 'done',
    rows: 3,
    error: null,
  })
  expect((await eventOf(answer)).map(({ event, details }) => [event, details])).toEqual([
    ['query.run', expect.objectContaining({ query_id: head.query_id, statement: 'SELECT' })],
  ])
})

test('what the server refuses is a problem that names the place; rows before it stay', async () => {
  const wrong = await run({ sql: 'select * from nowhere' })
  expect([wrong.status, wrong.body]).toEqual([
    422,
    expect.objectContaining({
      code: 'query_failed',
      sqlstate: '42P01',
      position: 14,
      detail: expect.stringContaining('nowhere'),
    }),
  ])
  const late = await run({ sql: 'select 1 / (3 - n) from generate_series(1, 9) n' })
  const lines = linesOf(late.text)
  expect([late.status, lines.length >= 2]).toEqual([200, true])
  expect(lines.at(-1).error).toMatchObject({ code: 'query_failed', status: 422, sqlstate: '22012' })
  const [last] = (await history('?limit=1')).body.data
  expect(last).toMatchObject({ status: 'failed', error: { code: 'query_failed' } })
})

test('nobody gets more than the data source allows', async () => {
  const settings = { limits: { rows: 5, timeout_seconds: 2 } }
  const put = (body: object) => api.call('PUT', '/api/data-sources/sales/configuration', { as: people.owner, body })
  expect((await put(settings)).status).toBe(200)
  const rows = (body: object) =>
    run({ sql: 'select generate_series(1, 9)', ...body }).then(({ text }) => linesOf(text).at(-1))
  expect(await rows({})).toMatchObject({ rows: 5, truncated: 'rows' })
  expect(await rows({ row_limit: 100 })).toMatchObject({ rows: 5, truncated: 'rows' })
  expect(await rows({ row_limit: 2 })).toMatchObject({ rows: 2, truncated: 'rows' })
  expect(problemIn(await run({ sql: 'select pg_sleep(60)' }))).toMatch(/upstream_timeout|query_failed/)
  expect((await put({ max_cost: 10 })).status).toBe(200)
  const dear = 'select * from generate_series(1, 100000) a, generate_series(1, 100000) b'
  expect(problemIn(await run({ sql: dear }))).toMatch(/unprocessable|query_failed/)
  await put({})
})

test('on production the planner is asked first, unless a source is told that there is no limit', async () => {
  const ref = 'live'
  await createSource(api, target, people.owner, { conn_id: ref, environment: 'prod' })
  // Dear to the planner, and done at once.
  const sql =
    'select 1 from generate_series(1, 100000) a, generate_series(1, 100000) b limit case when random() < 2 then 1 end'
  const attempt = async (at: string) =>
    problemIn(await api.call('POST', `/api/data-sources/${at}/queries`, { as: people.builder, body: { sql } }))
  expect(await attempt(ref)).toBe('unprocessable')
  expect(await attempt('sales')).toBeUndefined()
  const body = { max_cost: 1e15 }
  await api.call('PUT', `/api/data-sources/${ref}/configuration`, { as: people.owner, body })
  expect(await attempt(ref)).toBeUndefined()
})

test('a plan is asked for instead of rows, and is an event of its own', async () => {
  const answer = await run({ sql: 'select * from orders', explain: 'estimated' })
  const [plan] = linesOf(answer.text)
  expect(plan).toMatchObject({
    query_id: expect.any(String),
    plan: { operation: expect.any(String) },
    text: expect.any(String),
  })
  expect((await eventOf(answer)).map(({ event }) => event)).toEqual(['query.explained'])
})

test('of a statement the trail and the logs keep its kind and a hash, never its text (SQL-10)', async () => {
  const canary = 'pa55-canary-in-sql'
  const answer = await run({ sql: `/* x */ alter user etl password '${canary}'` })
  expect(problemIn(answer)).toMatch(/query_failed|unprocessable/)
  const [event] = await eventOf(answer)
  expect(event?.details).toMatchObject({ statement: 'ALTER', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
  await run({ sql: `${canary} is not even a statement` })
  const trail = JSON.stringify(await db().auditEvent.findMany())
  expect(trail).not.toContain('canary-in-sql')
  expect(logged.join('')).not.toContain('canary-in-sql')
})

test('a history is one’s own: read by page, by data source and by text', async () => {
  const as = await makePerson(workspace, 'builder')
  for (const n of [1, 2, 3]) await run({ sql: `select ${n} as "50%_off"` }, as)
  const first = await history('?limit=2', as)
  expect(first.body.data.map(({ sql }: { sql: string }) => sql.slice(7, 8))).toEqual(['3', '2'])
  const second = await history(`?limit=2&cursor=${first.body.meta.page.cursor}`, as)
  expect(second.body.data).toHaveLength(1)
  expect(second.body.meta.page.cursor).toBeNull()
  expect((await history('?q=50%25_', as)).body.data).toHaveLength(3)
  expect((await history('?q=50__', as)).body.data).toHaveLength(0)
  expect((await history('?connection=sales', as)).body.data).toHaveLength(3)
  expect((await history('?connection=other', as)).body.data).toHaveLength(0)
  const [{ id }] = first.body.data
  expect((await api.call('GET', `/api/queries/${id}`, { as: people.owner })).status).toBe(404)
  expect((await api.call('DELETE', `/api/queries/${id}`, { as: people.integrator })).status).toBe(404)
})

test('a history shows names of parameters as they were written, and finds them', async () => {
  const as = await makePerson(workspace, 'builder')
  const written = 'select :amount::int as amount'
  const body = { sql: 'select $1::int as amount', parameters: ['7'], written }
  expect(linesOf((await run(body, as)).text)[1]).toEqual([7])
  await api.call('POST', '/api/data-sources/sales/exports', { as, body: { ...body, format: 'csv' } })
  const found = (await history('?q=:amount', as)).body.data
  expect(found).toMatchObject([
    { kind: 'export', sql: body.sql, written },
    { kind: 'run', sql: body.sql, written },
  ])
  await run({ sql: 'select 1' }, as)
  expect((await history('?limit=1', as)).body.data).toMatchObject([{ sql: 'select 1', written: null }])
})

test('a run whose process died is shown as lost', async () => {
  const id = newId('query')
  const row = { kind: 'run', mode: 'read', sql: 'select 1', status: 'running', actorKind: 'user' }
  const [{ actorId } = { actorId: '' }] = await db().queryRun.findMany({
    where: { workspaceId: workspace.id },
    take: 1,
  })
  const heartbeatAt = new Date(Date.now() - 16_000)
  await db().queryRun.create({
    data: { ...row, id, workspaceId: workspace.id, connectionId, actorId, heartbeatAt },
  })
  const seen = await history('?limit=1')
  expect(seen.body.data).toMatchObject([{ id, status: 'lost' }])
})

test('an Idempotency-Key runs a statement once and keeps no row of it', async () => {
  const headers = { 'idempotency-key': 'once' }
  const sql = `select 'row-canary', nextval('once')`
  await target.query('create sequence once; grant usage on once to etl')
  const first = await run({ sql: `select 'row-canary' from generate_series(1, 2)` }, people.builder, headers)
  const again = await run({ sql: `select 'row-canary' from generate_series(1, 2)` }, people.builder, headers)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect(linesOf(again.text)).toEqual([linesOf(first.text).at(-1)])
  expect((await run({ sql }, people.builder, headers)).status).toBe(422)
  expect(JSON.stringify(await db().$queryRaw`select * from idempotent_answers`)).not.toContain('row-canary')
})
