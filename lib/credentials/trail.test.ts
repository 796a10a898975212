import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'

/* AUDIT-1 for what is stored: the trail and the change are one transaction, and without the one there is not the other. */

const api = useApi()
useEngine()

let people: TestWorkspace['people']
beforeAll(async () => {
  people = (await makeWorkspace()).people
})

const call = (method: string, url: string, body?: object) =>
  api.call(method, url, { as: people.owner, ...(body && { body }) })
const config = { username: 'etl', password: 'first-canary', host: 'db.example.com' }

let made = 0
const create = async (): Promise<{ id: string }> => {
  const body = { name: `trail ${++made}`, type: 'database', config }
  const answer = await call('POST', '/api/credentials', body)
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body.data
}
/** Everything that is stored of credentials and connections, envelopes included. */
const everything = async () => [
  await db().credential.findMany({ include: { versions: { orderBy: { version: 'asc' } } }, orderBy: { id: 'asc' } }),
  await db().connection.findMany({ orderBy: { id: 'asc' } }),
  await db().auditEvent.count(),
]

const withoutTrail = async <T>(work: () => Promise<T>): Promise<T> => {
  await api.database.asSuperuser(
    "create function no_trail() returns trigger language plpgsql as $$ begin raise exception 'it is full'; end $$",
    'create trigger no_trail before insert on audit_events for each row execute function no_trail()',
  )
  try {
    return await work()
  } finally {
    await api.database.asSuperuser('drop function no_trail cascade')
  }
}

const attempts: Record<string, (id: string) => ReturnType<typeof call>> = {
  'storing a credential': () => call('POST', '/api/credentials', { name: 'new', type: 'database', config }),
  'replacing its secret': (id) => call('PUT', `/api/credentials/${id}`, { config: { password: 'second-canary' } }),
  'moving it to another host': (id) => call('PUT', `/api/credentials/${id}`, { config: { host: 'other.example.com' } }),
  'disabling it': (id) => call('PUT', `/api/credentials/${id}`, { status: 'disabled' }),
  'deleting it': (id) => call('DELETE', `/api/credentials/${id}`),
  'using it on a connection, which seals it to a destination': (id) =>
    call('POST', '/api/connections', {
      ...{ conn_id: `trail-${made}`, type: 'postgres', credential_id: id },
      config: { host: 'db.example.com', port: 5432, database: 'd' },
    }),
  'storing one with a connection': () =>
    call('POST', '/api/connections', {
      ...{ conn_id: `inline-${made}`, type: 'postgres', config: { host: 'db.example.com', database: 'd' } },
      credential: { config: { username: 'etl', password: 'third-canary' } },
    }),
}

test.each(Object.entries(attempts))('%s does not happen while the trail cannot be written', async (_, attempt) => {
  const { id } = await create()
  const before = await everything()
  const refused = await withoutTrail(() => attempt(id))
  expect([refused.status, refused.body.code]).toEqual([503, 'unavailable'])
  expect(refused.body.detail).toContain('Nothing was opened or changed')
  expect(await everything()).toEqual(before)
  expect((await attempt(id)).status).toBeLessThan(300)
})

test('destroying one does not happen either', async () => {
  const { id } = await create()
  expect((await call('DELETE', `/api/credentials/${id}`)).status).toBe(200)
  const before = await everything()
  const refused = await withoutTrail(() => call('DELETE', `/api/credentials/${id}/permanent`))
  expect([refused.status, refused.body.code]).toEqual([503, 'unavailable'])
  expect(await everything()).toEqual(before)
})
