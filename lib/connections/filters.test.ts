import { beforeAll, expect, test } from 'vitest'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'

const api = useApi()
let workspace: TestWorkspace

const total = 60
const environments = ['dev', 'prod', 'staging', null]
const nameOf = (i: number) => `c${String(i).padStart(2, '0')}`

beforeAll(async () => {
  workspace = await makeWorkspace()
  const rows = Array.from({ length: total }, (_, i) => ({
    ...{ id: newId('connection'), workspaceId: workspace.id, connId: nameOf(i), name: nameOf(i), nameKey: nameOf(i) },
    ...{ type: ['postgres', 'generic', 'gone'][i % 3] ?? '', role: i % 2 === 0 ? 'source' : 'destination', config: {} },
    ...{
      summary: '',
      environment: environments[i % 4] ?? null,
      tags: [`t${i % 5}`, 'all'],
      createdBy: 'u',
      updatedBy: 'u',
    },
  }))
  await db().connection.createMany({ data: rows })
  for (const [i, { id }] of rows.entries()) {
    if (i % 2 === 0) await testOf(id, i)
    if (i % 6 === 0) await pipelinesOf(id, 1 + (i % 4))
  }
})

/** Tests at different times with some equal latencies, one of them without any. */
const testOf = async (connectionId: string, i: number) => {
  const id = newId('test')
  const facts = {
    workspaceId: workspace.id,
    message: 'm',
    driver: 'd',
    stages: [],
    createdBy: 'u',
    settingsRevision: 1,
  }
  const createdAt = new Date(Date.UTC(2026, 5, 1) + ((i * 7) % 31) * 60_000)
  const latencyMs = i === 0 ? null : i % 8
  await db().connectionTest.create({ data: { id, connectionId, success: i % 4 === 0, latencyMs, createdAt, ...facts } })
  await db().connection.update({ where: { id: connectionId }, data: { lastTestId: id, everPassed: i % 4 === 0 } })
}

const pipelinesOf = async (connectionId: string, count: number) => {
  for (let n = 0; n < count; n++) {
    const id = newId('pipeline')
    await db().pipeline.create({ data: { id, workspaceId: workspace.id, key: id, name: id, definition: {} } })
    // Named twice in one pipeline is used by one pipeline.
    const at = (pointer: string) => ({ pipelineId: id, pointer, connId: 'x', connectionId })
    await db().pipelineReference.createMany({ data: [at('/a'), at('/b')] })
  }
}

const list = async (query: string) => {
  const answer = await api.call('GET', `/api/connections?${query}`, { as: workspace.people.viewer })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}

interface Row {
  name: string
  type: string
  environment: string | null
  used_by_count: number
  last_test: { at: string; latency_ms: number | null } | null
}

const walk = async (query: string): Promise<Row[]> => {
  const rows: Row[] = []
  for (let cursor = ''; ; ) {
    const page = await list(`${query}&limit=7${cursor}`)
    rows.push(...page.data)
    if (page.meta.page.cursor === null) return rows
    cursor = `&cursor=${page.meta.page.cursor}`
  }
}

const values: Record<string, (row: Row) => string | number | null> = {
  type: (row) => row.type,
  environment: (row) => row.environment,
  last_test: (row) => row.last_test?.at ?? null,
  latency: (row) => row.last_test?.latency_ms ?? null,
  used_by_count: (row) => row.used_by_count,
}

test('each order pages through everything once, sorted, and what has no value comes last either way', async () => {
  for (const [sort, of] of Object.entries(values)) {
    for (const direction of ['', '-']) {
      const rows = await walk(`sort=${direction}${sort}`)
      expect([sort, direction, new Set(rows.map(({ name }) => name)).size, rows.length]).toEqual([
        sort,
        direction,
        total,
        total,
      ])
      const found = rows.map(of)
      const given = found.filter((value) => value !== null)
      expect(found.slice(0, given.length)).toEqual(given)
      const sorted = given.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      expect([sort, direction, given]).toEqual([sort, direction, direction === '-' ? sorted.reverse() : sorted])
    }
  }
})

test('a filter takes several values, of which any fits, and filters are all to fit', async () => {
  const count = async (query: string) => (await walk(query)).length
  expect(await count('type=postgres')).toBe(20)
  expect(await count('type=postgres,generic')).toBe(40)
  expect(await count('environment=none')).toBe(15)
  expect(await count('environment=prod,none')).toBe(30)
  expect(await count('tag=t1,t2')).toBe(24)
  expect(await count('status=passed')).toBe(15)
  expect(await count('status=failed,passed')).toBe(30)
  expect(await count('status=never_tested')).toBe(30)
  expect(await count('used=true')).toBe(10)
  expect(await count('used=false')).toBe(50)
  expect(await count('type=postgres&environment=dev&used=true')).toBe(5)
  expect(await count('q=c0&environment=prod,none&sort=-last_test')).toBe(5)
  expect((await list('type=postgres&used=true')).meta.counts).toEqual({
    all: 10,
    source: 10,
    destination: 0,
    up_to: null,
  })
})

test('what no filter or order knows is a 400 at its parameter, and so is a forged place', async () => {
  const forged = (value: unknown, sort: string) =>
    Buffer.from(JSON.stringify([sort, JSON.stringify(value), 'x'])).toString('base64url')
  const wrong: [string, string][] = [
    ['status=passed,broken', '/status/1'],
    ['environment=prod,moon', '/environment/1'],
    ['used=maybe', '/used'],
    ['sort=host', '/sort'],
    ['sort=relevance', '/sort'],
    ['host=a', '/host'],
    [`sort=last_test&cursor=${forged([false, 0, ['not a time']], 'last_test')}`, '/cursor'],
    [`sort=last_test&cursor=${forged([false, 0, ['2026-99-99T00:00:00.000Z']], 'last_test')}`, '/cursor'],
    [`sort=latency&cursor=${forged([false, 0, ['1']], 'latency')}`, '/cursor'],
    [`sort=used_by_count&cursor=${forged([false, 1, [1.5, 'a']], 'used_by_count')}`, '/cursor'],
    [`sort=-used_by_count&cursor=${forged([false, 0, [1e300, 'a']], '-used_by_count')}`, '/cursor'],
    [`sort=name&cursor=${forged([false, 7, ['a']], 'name')}`, '/cursor'],
    [`sort=name&cursor=${forged([false, 0, ['a\0']], 'name')}`, '/cursor'],
    [`sort=name&cursor=${forged([false, 0, ['a', 'b']], 'name')}`, '/cursor'],
  ]
  for (const [query, pointer] of wrong) {
    const answer = await api.call('GET', `/api/connections?${query}`, { as: workspace.people.viewer })
    expect([query, answer.status, answer.body.errors?.[0].pointer]).toEqual([query, 400, pointer])
  }
})

test('the counts of the tabs stay exact while many write at once, and say where counting stopped', async () => {
  const place = await makeWorkspace()
  const as = place.people.owner
  const facts = {
    workspaceId: place.id,
    type: 'generic',
    tags: [],
    config: {},
    summary: '',
    createdBy: 'u',
    updatedBy: 'u',
  }
  const batch = (n: number, size: number) =>
    db().connection.createMany({
      data: Array.from({ length: size }, (_, i) => ({
        ...{ ...facts, id: newId('connection'), connId: `${n}-${i}`, name: `${n}-${i}`, nameKey: `${n}-${i}` },
        role: i % 4 === 0 ? 'destination' : 'source',
      })),
    })
  await Promise.all(Array.from({ length: 12 }, (_, n) => batch(n, 120)))
  const counts = async (query: string) => (await api.call('GET', `/api/connections?${query}`, { as })).body.meta.counts
  expect(await counts('')).toEqual({ all: 1440, source: 1080, destination: 360, up_to: null })
  expect(await counts('type=generic')).toEqual({ all: 1000, source: 1000, destination: 360, up_to: 1000 })
  await Promise.all([
    db().connection.updateMany({
      where: { workspaceId: place.id, connId: { startsWith: '0-' } },
      data: { deletedAt: new Date() },
    }),
    db().connection.updateMany({
      where: { workspaceId: place.id, connId: { startsWith: '1-' } },
      data: { role: 'source' },
    }),
    db().connection.deleteMany({ where: { workspaceId: place.id, connId: { startsWith: '2-' } } }),
    db().connection.updateMany({
      where: { workspaceId: place.id, connId: { startsWith: '3-' } },
      data: { restricted: true },
    }),
  ])
  expect(await counts('')).toEqual({ all: 1200, source: 930, destination: 270, up_to: null })
  const viewer = (await api.call('GET', '/api/connections', { as: place.people.viewer })).body.meta.counts
  expect(viewer).toEqual({ all: 1080, source: 840, destination: 240, up_to: null })
})
