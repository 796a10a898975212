import { beforeAll, expect, test } from 'vitest'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import type { Role } from '#lib/auth/permissions'
import { newId } from '#lib/core/id'
import { nameKey } from '#lib/core/text'
import { db } from '#lib/db/client'

const api = useApi()
let workspace: TestWorkspace

interface Made {
  name: string
  type?: string
  role?: string
  host?: string
  database?: string
  environment?: string | null
  tags?: string[]
  restricted?: boolean
}

/** Fills a workspace with connections of these names, as rows: a list needs many of them. */
const fill = async (workspaceId: string, given: readonly Made[]): Promise<string[]> => {
  const rows = given.map(({ name, type = 'generic', role = 'source', host = 'h', database, tags = [], ...labels }) => ({
    ...{ id: newId('connection'), workspaceId, name, nameKey: nameKey(name), type, role, tags, ...labels },
    connId: nameKey(name).replaceAll(' ', '-'),
    config: { host, ...(database !== undefined && { database }) },
    summary: `${host}:5432`,
    ...{ createdBy: 'u', updatedBy: 'u' },
  }))
  await db().connection.createMany({ data: rows })
  return rows.map(({ id }) => id)
}

beforeAll(async () => {
  workspace = await makeWorkspace()
  await fill(workspace.id, [
    { name: 'Prod Postgres', type: 'postgres', environment: 'prod', host: 'db1.example.com' },
    { name: 'Prod Postgres Orders', type: 'postgres', environment: 'prod', tags: ['finance'], database: 'Orders' },
    { name: 'Staging Postgres', type: 'postgres', environment: 'staging' },
    { name: 'Warehouse', type: 'postgres', role: 'destination', host: 'prod-postgres.internal' },
    { name: 'Files', type: 'generic', tags: ['finance', 'invoices'], host: 'ftp.example.com' },
    { name: 'Ünïcode Straße' },
  ])
})

const list = async (query: string, as: TestWorkspace = workspace, role: Role = 'viewer') => {
  const answer = await api.call('GET', `/api/connections?${query}`, { as: as.people[role] })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}

const find = async (q: string, more = '', ...of: [TestWorkspace?, Role?]): Promise<string[]> =>
  (await list(`q=${encodeURIComponent(q)}${more}`, ...of)).data.map(({ name }: { name: string }) => name)

test('every word has to match, wherever it stands: name, id, host, database, tag, environment, connector', async () => {
  expect(await find('orders prod')).toEqual(['Prod Postgres Orders'])
  expect(await find('prod-postgres-ord')).toEqual(['Prod Postgres Orders'])
  expect(await find('ftp.example')).toEqual(['Files'])
  expect(await find('finance')).toEqual(['Files', 'Prod Postgres Orders'])
  expect(await find('finance prod')).toEqual(['Prod Postgres Orders'])
  expect(await find('production orders')).toEqual(['Prod Postgres Orders'])
  expect(await find('ÜNÏCODE straß')).toEqual(['Ünïcode Straße'])
  expect(await find('prod nothing')).toEqual([])
})

test('a connector is found by its name and by the words people use for it, after what is called so itself', async () => {
  expect(await find('psql')).toEqual(['Prod Postgres', 'Prod Postgres Orders', 'Staging Postgres', 'Warehouse'])
  expect(await find('psql warehouse')).toEqual(['Warehouse'])
  expect((await find('pg')).length).toBe(4)
  expect((await find('neon')).length).toBe(4)
})

test('exactly so comes first, then what begins so, then the rest', async () => {
  expect(await find('prod postgres')).toEqual(['Prod Postgres', 'Prod Postgres Orders', 'Warehouse'])
  expect(await find('warehouse')).toEqual(['Warehouse'])
  expect(await find('prod postgres', '&sort=-name')).toEqual(['Warehouse', 'Prod Postgres Orders', 'Prod Postgres'])
})

test('a slip of the pen is forgiven where nothing matches as typed, and said', async () => {
  for (const q of ['prdo-postgers', 'prod postgre orderz', 'Pord Postgres Odrers', 'prodd postgrs']) {
    const answer = await list(`q=${encodeURIComponent(q)}`)
    expect([q, answer.meta.approximate, answer.data[0]?.name]).toEqual([
      q,
      true,
      expect.stringMatching(/^Prod Postgres/),
    ])
  }
  expect((await list('q=prod')).meta.approximate).toBe(false)
  expect((await list('q=entirely-different')).meta).toMatchObject({ approximate: false, counts: { all: 0 } })
  // Short words are what they are.
  expect(await find('dbx')).toEqual([])
})

test('what is restricted is neither found, counted nor guessed at by those without a grant', async () => {
  const place = await makeWorkspace()
  const [open, hidden] = await fill(place.id, [
    { name: 'Open ledger' },
    { name: 'Hidden treasury', restricted: true, tags: ['secretive'], host: 'hidden.example.com' },
  ])
  for (const q of ['hidden', 'treasury', 'secretive', 'hidden.example.com', 'hiddne', 'traesury']) {
    const seen = await list(`q=${q}`, place)
    expect([q, seen.data, seen.meta.counts.all, seen.meta.approximate]).toEqual([q, [], 0, false])
    expect([q, await find(q, '', place, 'owner')]).toEqual([q, ['Hidden treasury']])
  }
  expect((await list('', place)).meta.counts).toMatchObject({ all: 1, source: 1 })
  expect((await list('', place, 'owner')).meta.counts).toMatchObject({ all: 2 })
  const subjectId = place.people.viewer.userId
  const grant = { workspaceId: place.id, level: 'view', createdBy: 'u', subjectId }
  await db().grant.createMany({ data: [open, hidden].map((objectId) => ({ ...grant, objectId: objectId ?? '' })) })
  const person = { as: place.people.viewer, by: 'cookie' as const }
  const granted = await api.call('GET', '/api/connections?q=treasury', person)
  expect(granted.body.data.length).toBe(1)
  expect((await api.call('GET', '/api/connections', person)).body.meta.counts.all).toBe(2)
})

test('the search knows at once what was changed, deleted, restored and purged, and nothing of other workspaces', async () => {
  const place = await makeWorkspace()
  const as = { as: place.people.owner, by: 'cookie' as const }
  const config = { host: 'h', database: 'd' }
  const made = await api.call('POST', '/api/connections', {
    ...as,
    body: { name: 'Aardvark', type: 'postgres', role: 'source', config },
  })
  const path = `/api/connections/${made.body.data.id}`
  const owner: [TestWorkspace, Role] = [place, 'owner']
  expect(await find('aardvark', '', ...owner)).toEqual(['Aardvark'])
  expect(await find('aardvark')).toEqual([])
  await api.call('PATCH', path, { ...as, body: { name: 'Buffalo', conn_id: 'buffalo', tags: ['herd'] } })
  expect([await find('aardvark', '', ...owner), await find('herd', '', ...owner)]).toEqual([[], ['Buffalo']])
  await api.call('PATCH', path, { ...as, body: { role: 'destination' } })
  expect((await list('q=buffalo', ...owner)).meta.counts).toMatchObject({ source: 0, destination: 1 })
  await api.call('DELETE', path, as)
  expect([await find('buffalo', '', ...owner), await find('buffalo', '&deleted=true', ...owner)]).toEqual([
    [],
    ['Buffalo'],
  ])
  await api.call('POST', `${path}/restore`, { ...as, body: {} })
  expect(await find('buffalo', '', ...owner)).toEqual(['Buffalo'])
  await api.call('DELETE', path, as)
  await api.call('DELETE', `${path}/permanent`, as)
  expect(await db().connectionSearch.count({ where: { connectionId: made.body.data.id } })).toBe(0)
})

test('what was found is paged through once, ranked, sorted and with slips', async () => {
  const place = await makeWorkspace()
  const of = (i: number) => (i % 3 === 0 ? `Ledger ${i}` : `Old ledger ${i}`)
  await fill(place.id, [
    { name: 'Ledger' },
    ...Array.from({ length: 40 }, (_, i) => ({ name: of(i), role: i % 2 === 0 ? 'source' : 'destination' })),
  ])
  const walk = async (query: string): Promise<string[]> => {
    const names: string[] = []
    for (let cursor = ''; ; ) {
      const page = await list(`${query}&limit=6${cursor}`, place)
      expect(page.meta.counts).toMatchObject({ all: 41, source: 21, destination: 20, up_to: null })
      names.push(...page.data.map(({ name }: { name: string }) => name))
      if (page.meta.page.cursor === null) return names
      cursor = `&cursor=${page.meta.page.cursor}`
    }
  }
  const ranked = await walk('q=ledger')
  expect([ranked.length, new Set(ranked).size, ranked[0]]).toEqual([41, 41, 'Ledger'])
  expect(ranked.map((name) => (name.startsWith('Ledger') ? 1 : 2))).toEqual(ranked.map((_, i) => (i < 15 ? 1 : 2)))
  for (const query of ['q=ledgre', 'q=ledger&sort=-updated_at', 'q=ledgre&sort=environment']) {
    const names = await walk(query)
    expect([query, names.length, new Set(names).size]).toEqual([query, 41, 41])
  }
  expect((await walk('q=ledger&role=destination')).length).toBe(20)
  const { cursor } = (await list('q=ledger&limit=3', place)).meta.page
  const wrong = await api.call('GET', `/api/connections?cursor=${cursor}`, { as: place.people.viewer })
  expect(wrong.status).toBe(400)
})
