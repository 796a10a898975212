import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()

let workspace: TestWorkspace
let people: TestWorkspace['people']

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  const shared = await create('alpha', 'staging')
  await create('=HYPERLINK("http://evil.example")', 'prod')
  await connect('Orders', shared, 'staging')
  await connect('Ledger', shared, 'prod')
})

const create = async (name: string, environment: string): Promise<string> => {
  const config = { username: 'etl', password: 'review-canary' }
  const body = { name, type: 'database', environment, owner_team: 'Data', config }
  return (await api.call('POST', '/api/credentials', { as: people.owner, body })).body.data.id
}

const connect = async (name: string, credential_id: string, environment: string) => {
  const config = { host: 'db.example.com', port: 5432, database: 'orders', ssl_mode: 'require' }
  const body = { name, type: 'postgres', role: 'source', environment, config, credential_id }
  const answer = await api.call('POST', '/api/connections', { as: people.owner, body })
  expect(answer.status, answer.text).toBe(201)
}

const review = (query = '', as = people.builder) => api.call('GET', `/api/credentials/review${query}`, { as })
const namesOf = (items: { credential: { name: string }; connection: { name: string } | null }[]) =>
  items.map(({ credential, connection }) => [credential.name, connection?.name ?? null])

test('every credential has a line for each connection, and one where nothing uses it', async () => {
  const { body } = await review()
  const lines = namesOf(body.data)
  expect(lines).toHaveLength(3)
  expect(lines).toEqual(
    expect.arrayContaining([
      ['alpha', 'Orders'],
      ['alpha', 'Ledger'],
      ['=HYPERLINK("http://evil.example")', null],
    ]),
  )
  const mismatches = body.data.filter((line: { connection: { environment_mismatch: boolean } | null }) =>
    Boolean(line.connection?.environment_mismatch),
  )
  expect(namesOf(mismatches)).toEqual([['alpha', 'Ledger']])
  expect(body.data[1].credential).toMatchObject({ owner_team: 'Data', age_days: 0, rotation: 'none', expiry: 'none' })
})

test('its pages together are the whole, each line once', async () => {
  const all: unknown[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await review(`?limit=1${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    all.push(...body.data)
    cursor = body.meta.page?.cursor ?? body.meta.cursor ?? null
  }
  expect(all).toEqual((await review()).body.data)
})

test('the file holds the same lines, runs nothing in a spreadsheet, shows no secret and is recorded', async () => {
  const file = await api.call('GET', '/api/credentials/review.csv', { as: people.builder })
  expect(file.status).toBe(200)
  expect(file.headers.get('content-type')).toMatch(/^text\/csv/)
  expect(file.headers.get('content-disposition')).toContain('jackfield-credential-review.csv')
  const lines = file.text.trim().split('\r\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toMatch(/^credential,credential_id,type,scope/)
  expect(file.text).toContain(`"'=HYPERLINK(`)
  expect(file.text).not.toContain('canary')
  const event = await db().auditEvent.findFirst({ where: { event: 'credential.reviewed', workspaceId: workspace.id } })
  expect(event).toMatchObject({ outcome: 'success', actorId: expect.any(String) })
})

test('another workspace sees nothing of it', async () => {
  const stranger = (await makeWorkspace()).people.owner
  expect((await review('', stranger)).body.data).toEqual([])
})
