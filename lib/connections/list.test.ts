import { beforeAll, expect, test } from 'vitest'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { connectionSorts } from '#lib/connections/columns'
import { newId } from '#lib/core/id'
import { nameKey } from '#lib/core/text'
import { db } from '#lib/db/client'

const api = useApi()
let workspace: TestWorkspace

interface Row {
  id: string
  conn_id: string
  name: string
  test_state: string
}

const total = 173

beforeAll(async () => {
  workspace = await makeWorkspace()
  const stranger = await makeWorkspace()
  for (const place of [workspace, stranger]) {
    await db().connection.createMany({ data: Array.from({ length: total }, (_, i) => rowOf(place.id, i)) })
  }
})

const rowOf = (workspaceId: string, i: number) => {
  const name = `Connection ${String(i).padStart(3, '0')}`
  const host = i === 7 ? 'odd_100%.example.com' : `db${i}.example.com`
  return {
    id: newId('connection'),
    workspaceId,
    connId: `connection-${i}`,
    name,
    nameKey: nameKey(name),
    type: 'postgres',
    role: i % 3 === 0 ? 'destination' : 'source',
    config: { host, port: 5432, database: 'app', leaked: 'stored-outside-the-manifest' },
    summary: `${host}:5432/app`,
    environment: i % 2 === 0 ? 'prod' : 'dev',
    tags: i % 10 === 0 ? ['tenth', 'finance'] : [],
    createdBy: 'u',
    updatedBy: 'u',
    createdAt: new Date(Date.UTC(2026, 0, 1) + Math.floor(i / 4) * 1_000),
  }
}

const list = async (query: string) => {
  const answer = await api.call('GET', `/api/connections?${query}`, { as: workspace.people.viewer })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body as { data: Row[]; meta: { page: { cursor: string | null }; counts: Record<string, number> } }
}

const walk = async (query: string): Promise<Row[]> => {
  const rows: Row[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await list(`${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    rows.push(...page.data)
    cursor = page.meta.page.cursor
  }
  return rows
}

test('every sort order pages through each connection exactly once', async () => {
  for (const sort of connectionSorts) {
    const rows = await walk(`sort=${sort}&limit=50`)
    expect([sort, rows.length, new Set(rows.map(({ id }) => id)).size]).toEqual([sort, total, total])
  }
  const names = (await walk('sort=name&limit=7')).map(({ name }) => name)
  expect(names).toEqual([...names].sort())
  expect((await walk('sort=-name&limit=7')).map(({ name }) => name)).toEqual(names.reverse())
})

test('tabs are counted under the same filters, whichever tab is looked at', async () => {
  const all = await list('')
  expect(all.meta.counts).toEqual({ all: total, source: 115, destination: 58, up_to: null })
  expect((await list('role=source')).meta.counts).toEqual(all.meta.counts)
  const finance = await list('tag=finance&role=destination')
  expect(finance.meta.counts).toEqual({ all: 18, source: 12, destination: 6, up_to: null })
  expect(finance.data).toHaveLength(6)
})

test('filters apply before paging', async () => {
  expect(await walk('environment=prod&limit=10')).toHaveLength(87)
  expect(await walk('role=destination&environment=dev&limit=5')).toHaveLength(29)
  expect(await walk('type=mysql')).toHaveLength(0)
  expect(await walk('status=never_tested&limit=100')).toHaveLength(total)
})

test('search finds name, id, host and tag, and takes every character for itself', async () => {
  const find = async (q: string) => (await walk(`q=${encodeURIComponent(q)}&limit=200`)).length
  expect(await find('CONNECTION 042')).toBe(1)
  expect(await find('connection-42')).toBe(1)
  expect(await find('db42.example')).toBe(1)
  expect(await find('tenth')).toBe(18)
  expect(await find('odd_100%')).toBe(1)
  expect(await find('%')).toBe(1)
  expect(await find('_')).toBe(1)
  for (const q of [
    '\\',
    "'",
    '"',
    "'; drop table connections; --",
    'leaked',
    'stored-outside',
    '\u0000'.repeat(0) || 'zzz',
  ]) {
    expect([q, await find(q)]).toEqual([q, 0])
  }
})

test('a setting the manifest does not know is never shown', async () => {
  expect(JSON.stringify(await list('limit=200'))).not.toContain('stored-outside')
})

test('a cursor belongs to its sort order', async () => {
  const { cursor } = (await list('sort=name&limit=5')).meta.page
  const answer = await api.call('GET', `/api/connections?sort=-name&cursor=${cursor}`, { as: workspace.people.viewer })
  expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, '/cursor'])
  for (const forged of [
    ['name', null, ''],
    ['name', 5, 'x'],
    ['name', 'a\0', 'x'],
    ['name', 'a', '\0'],
    ['created_at', 'nonsense', 'x'],
    ['name', 'x'],
    {},
  ]) {
    const text = Buffer.from(JSON.stringify(forged)).toString('base64url')
    const sort = Array.isArray(forged) ? forged[0] : 'name'
    const wrong = await api.call('GET', `/api/connections?sort=${sort}&cursor=${text}`, { as: workspace.people.viewer })
    expect([forged, wrong.status]).toEqual([forged, 400])
  }
})

test('text that no database can hold is a 400, wherever it is sent', async () => {
  const as = workspace.people.owner
  const wrong = await Promise.all([
    ...['q=%00', 'tag=%00', 'type=a%00', 'cursor=%00'].map((query) =>
      api.call('GET', `/api/connections?${query}`, { as }),
    ),
    api.call('GET', '/api/connections/a%00b', { as }),
    api.call('GET', '/api/credentials/%00', { as }),
    api.call('POST', '/api/connections', {
      as,
      body: { type: 'postgres', conn_id: 'a', credential_id: '\0', config: {} },
    }),
    api.call('POST', '/api/connections', { as, body: '{"type":"postgres","conn_id":"a","credential_id":"\\ud800"}' }),
  ])
  expect(wrong.map(({ status }) => status)).toEqual(wrong.map(() => 400))
})

test('the four test states are told apart, in the row and in the filter', async () => {
  const rows = await db().connection.findMany({
    where: { workspaceId: workspace.id },
    orderBy: { nameKey: 'asc' },
    take: 4,
  })
  const give = async (i: number, test: { success: boolean; settingsRevision: number }, everPassed: boolean) => {
    const row = rows[i]
    if (!row) throw new Error('no row')
    const id = newId('test')
    const facts = { message: 'm', driver: 'pg', stages: [], createdBy: 'u', workspaceId: workspace.id }
    await db().connectionTest.create({ data: { id, connectionId: row.id, ...facts, ...test } })
    await db().connection.update({ where: { id: row.id }, data: { lastTestId: id, everPassed } })
  }
  await give(0, { success: true, settingsRevision: 1 }, true)
  await give(1, { success: false, settingsRevision: 1 }, false)
  await give(2, { success: true, settingsRevision: 0 }, true)
  await give(3, { success: false, settingsRevision: 0 }, false)
  for (const [status, count] of [
    ['passed', 1],
    ['failed', 1],
    ['stale', 1],
    ['never_tested', total - 3],
  ] as const) {
    const found = await walk(`status=${status}&limit=100`)
    expect([status, found.length]).toEqual([status, count])
    expect(new Set(found.map((row) => row.test_state))).toEqual(new Set([status]))
  }
})
