import { readFileSync } from 'node:fs'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'
import { createSource, until } from './testing/queries.ts'

const api = useApi()
useEngine()
const target = useTarget()
let people: TestWorkspace['people']

beforeAll(async () => {
  people = (await makeWorkspace()).people
  await createSource(api, target, people.owner, { conn_id: 'sales' })
})

const prepare = async (sql: string, format: string, more: object = {}, as: Person = people.builder) => {
  const answer = await api.call('POST', '/api/data-sources/sales/exports', { as, body: { sql, format, ...more } })
  expect([answer.status, answer.text]).toEqual([200, answer.text])
  return answer.body.data as { id: string; download: string }
}
const download = (path: string, as: Person = people.builder) => api.send('GET', path, { as })
const fileOf = async (...given: Parameters<typeof prepare>) =>
  (await download((await prepare(...given)).download)).text()
const rowOf = (id: string) => db().queryRun.findUniqueOrThrow({ where: { id } })

const hostile = `select * from (values
  (1, 'plain', null), (2, 'with, comma', ''), (3, 'a "quote"', E'two\\r\\nlines'), (4, '=1+1', '@x'), (5, '-5', 'ü😀\\')
) t (n, text, text)`

test('CSV tells NULL from empty, quotes what it must, and names every column once', async () => {
  expect(await fileOf(hostile, 'csv')).toBe(
    'n,text,text_2\r\n1,plain,\r\n2,"with, comma",""\r\n3,"a ""quote""","two\r\nlines"\r\n4,=1+1,@x\r\n5,-5,ü😀\\\r\n',
  )
  const safe = await fileOf(hostile, 'csv', { formula_safe: true })
  expect(safe).toContain(`4,'=1+1,'@x\r\n5,-5,`)
})

test('NDJSON and JSON hold an object for each row, with the values as they are', async () => {
  const expected = [
    { n: 1, text: 'plain', text_2: null },
    { n: 2, text: 'with, comma', text_2: '' },
    { n: 3, text: 'a "quote"', text_2: 'two\r\nlines' },
    { n: 4, text: '=1+1', text_2: '@x' },
    { n: 5, text: '-5', text_2: 'ü😀\\' },
  ]
  expect(JSON.parse(await fileOf(hostile, 'json'))).toEqual(expected)
  const lines = (await fileOf(hostile, 'ndjson')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual(expected)
  expect(JSON.parse(await fileOf('select 1 as a where false', 'json'))).toEqual([])
  expect(await fileOf('select 1 as a where false', 'csv')).toBe('a\r\n')
})

test('Parquet has a type for each column and every value as it was, over many groups of rows', async () => {
  const sql = `select n, n::int8 * 76861433640456 as big, (n / 7.0)::numeric(12,2) as price, n % 2 = 0 as even,
    date '2024-02-29' + (n % 100)::int as day, timestamptz '2024-02-29 12:00:00.123456+00' as at, n::float8 / 3 as third,
    decode('00ff', 'hex') as raw, case when n % 3 = 0 then null else 'ü' || n end as name
    from generate_series(1, 120000) n`
  const response = await download((await prepare(sql, 'parquet')).download)
  expect(response.headers.get('content-type')).toContain('parquet')
  const file = await response.arrayBuffer()
  const meta = parquetMetadata(file)
  expect([meta.num_rows, meta.row_groups.length > 1]).toEqual([120_000n, true])
  const rows = await parquetReadObjects({ file, rowStart: 119_999, rowEnd: 120_000, utf8: false })
  expect(rows[0]).toMatchObject({
    n: 120_000n,
    big: 120_000n * 76_861_433_640_456n,
    even: true,
    third: 40_000,
    name: null,
  })
  expect(rows[0]).toMatchObject({ price: 17142.86, raw: new Uint8Array([0, 255]) })
  const infinite = await prepare(`select date 'infinity' as day`, 'parquet')
  expect((await download(infinite.download)).status).toBe(422)
  expect(await rowOf(infinite.id)).toMatchObject({
    status: 'failed',
    error: { detail: expect.stringContaining('“day”') },
  })
})

test('a download is a file to keep, once, for whoever prepared it, within five minutes', async () => {
  const { id, download: path } = await prepare('select 1 as a', 'csv')
  expect((await download(path, people.owner)).status).toBe(404)
  expect((await api.call('HEAD', path, { as: people.builder })).status).toBe(405)
  const first = await download(path)
  expect(first.headers.get('content-disposition')).toBe('attachment; filename="jackfield-sales.csv"')
  expect(await first.text()).toBe('a\r\n1\r\n')
  expect((await download(path)).status).toBe(404)
  expect(await rowOf(id)).toMatchObject({ status: 'done', kind: 'export', rows: 1n, export: null })
  const late = await prepare('select 1', 'csv')
  await db().queryRun.update({ where: { id: late.id }, data: { startedAt: new Date(Date.now() - 301_000) } })
  expect((await download(late.download)).status).toBe(404)
  const events = await db().auditEvent.findMany({ where: { event: { startsWith: 'query.export' } } })
  expect(events.map(({ event }) => event)).toContain('query.exported')
  expect(JSON.stringify(events)).not.toContain('select 1')
})

test('an export has no limit of rows, and what fails on the way is broken off, never ended as if whole', async () => {
  await api.call('PUT', '/api/data-sources/sales/configuration', { as: people.owner, body: { limits: { rows: 5 } } })
  expect((await fileOf('select generate_series(1, 20000) as n', 'csv')).split('\r\n')).toHaveLength(20_002)
  for (const format of ['csv', 'json']) {
    const { id, download: path } = await prepare('select 1 / (20000 - n) as q from generate_series(1, 30000) n', format)
    const response = await download(path)
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
    await until(
      () => rowOf(id),
      ({ status }) => status === 'failed',
    )
    expect(await rowOf(id)).toMatchObject({ error: { code: 'query_failed', detail: expect.stringContaining('zero') } })
  }
  const wrong = await download((await prepare('select * from nowhere', 'csv')).download)
  expect([wrong.status, (await wrong.json()).code]).toEqual([422, 'query_failed'])
})

test.each(['csv', 'ndjson', 'json', 'parquet'])(
  '%s tells its rows and bytes while it runs, and keeps them when it fails',
  async (format) => {
    const note = `E'one row,\\ntwo "lines"' as note`
    const endless = await prepare(`select generate_series(1, 500000000) as n, ${note}`, format)
    const response = await download(endless.download)
    const reader = response.body?.getReader()
    const read = (async () => {
      for (;;) if ((await reader?.read())?.done !== false) return
    })()
    const look = async () => (await api.call('GET', `/api/queries/${endless.id}`, { as: people.builder })).body.data
    const first = await until(look, ({ rows, bytes }) => rows > 0 && bytes > 0)
    expect(first).toMatchObject({ status: 'running', ended_at: null })
    await until(look, ({ rows, bytes }) => rows > first.rows && bytes > first.bytes)
    await api.call('DELETE', `/api/queries/${endless.id}`, { as: people.builder })
    await expect(read).rejects.toThrow()
    const end = await until(look, ({ status }) => status === 'cancelled')
    expect(end.rows).toBeGreaterThan(first.rows)

    const failing = await prepare(`select 1 / (20000 - n) as q, ${note} from generate_series(1, 30000) n`, format)
    await expect((await download(failing.download)).text()).rejects.toThrow()
    const failed = await until(
      () => rowOf(failing.id),
      ({ status }) => status === 'failed',
    )
    expect(failed.rows).toBe(19_999n)
  },
)

const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
/** The most that any runner of ours ever held, in MB. */
const heaviestRunner = () =>
  Math.max(
    ...childrenOf(process.pid)
      .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('lib/runner/main.ts'))
      .map((pid) => Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024),
  )

test.skipIf(process.platform !== 'linux')('a runner stays small however much it exports', async () => {
  const sql = `select n, md5(n::text) as a, md5((n + 1)::text) as b, repeat('x', 100) as c from generate_series(1, 400000) n`
  for (const format of ['csv', 'ndjson']) expect((await fileOf(sql, format)).length).toBeGreaterThan(60_000_000)
  expect(heaviestRunner()).toBeLessThan(256)
})
