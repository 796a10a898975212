import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()

let people: TestWorkspace['people']
beforeAll(async () => {
  people = (await makeWorkspace()).people
})

const call = (method: string, url: string, given: object, as = people.owner) =>
  api.call(method, url, { as, body: given })

const isFull = process.env.ASSURE === '1'
const body = (name: string) => ({ name, type: 'database', config: { username: 'etl', password: 'canary' } })
const create = async (name: string) =>
  (await api.call('POST', '/api/credentials', { as: people.owner, body: body(name) })).body.data.id as string
const read = async (id: string) => (await api.call('GET', `/api/credentials/${id}`, { as: people.owner })).body.data

interface Write {
  from: number
  to: number
  /** What it saw and what it wrote. */
  saw: string | null
  wrote: string
}

test('of many concurrent changes with If-Match none is lost: every written revision follows the one its writer saw (REL-1)', {
  timeout: isFull ? 900_000 : 120_000,
}, async () => {
  const id = await create('history')
  const total = isFull ? 10_000 : 500
  const clients = 8
  const history: Write[] = []
  let refused = 0
  let tries = 0
  const client = async (name: number) => {
    while (tries < total) {
      const n = ++tries
      const { revision, description } = await read(id)
      const wrote = `${name}-${n}`
      const answer = await api.call('PUT', `/api/credentials/${id}`, {
        as: people.owner,
        headers: { 'if-match': `"${revision}"` },
        body: { description: wrote },
      })
      if (answer.status === 412) refused++
      else if (answer.status !== 200) throw new Error(answer.text)
      else history.push({ from: revision, to: answer.body.data.revision, saw: description, wrote })
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, i) => client(i)))
  history.sort((a, b) => a.to - b.to)
  expect(history.length + refused).toBe(tries)
  expect(refused).toBeGreaterThan(0)
  history.forEach((write, i) => {
    const before = history[i - 1]
    expect([write.from, write.to, write.saw]).toEqual([i + 1, i + 2, before ? before.wrote : null])
  })
  expect(await read(id)).toMatchObject({ revision: history.length + 1, description: history.at(-1)?.wrote })
})

test('concurrent changes of different fields without If-Match are all kept, and every secret gets a number of its own', async () => {
  const id = await create('fields')
  const bodies = [
    { system: 'Shop' },
    { owner_team: 'Data' },
    { description: 'Nightly' },
    { environment: 'prod' },
    { rotate_every_days: 90 },
    ...Array.from({ length: 5 }, (_, i) => ({ config: { password: `canary-${i}` } })),
    { config: { ssh_password: 'canary-ssh' } },
    { config: { database: 'd' } },
  ]
  const url = `/api/credentials/${id}`
  const answers = await Promise.all(bodies.map((given) => api.call('PUT', url, { as: people.owner, body: given })))
  expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 200))
  expect(await read(id)).toMatchObject({
    system: 'Shop',
    owner_team: 'Data',
    description: 'Nightly',
    environment: 'prod',
    rotate_every_days: 90,
    config: { username: 'etl', database: 'd' },
    secret: { version: 7, fields: ['password', 'ssh_password'] },
    revision: bodies.length + 1,
  })
})

test('whatever the order of deleting, purging and attaching, no connection keeps a credential that is gone', async () => {
  const connection = (n: number, credential_id: string) => ({
    conn_id: `race-${n}`,
    name: `race-${n}`,
    type: 'postgres',
    config: { host: 'db.example.com', database: 'd' },
    credential_id,
  })
  for (let round = 0; round < 15; round++) {
    const id = await create(`race ${round}`)
    const url = `/api/credentials/${id}`
    const as = people.owner
    const remove = async () => {
      const deleted = await api.call('DELETE', url, { as })
      if (deleted.status !== 200) return deleted.status
      return (await api.call('DELETE', `${url}/permanent`, { as })).status
    }
    const attach = async () => {
      await new Promise((done) => setTimeout(done, round * 2))
      return (await api.call('POST', '/api/connections', { as, body: connection(round, id) })).status
    }
    const [removed, attached] = await Promise.all([remove(), attach()])
    const stored = await db().credential.findUnique({ where: { id } })
    const user = await db().connection.findFirst({ where: { connId: `race-${round}` } })
    if (attached === 201) expect([user?.credentialId, stored?.deletedAt]).toEqual([id, null])
    else expect([attached, removed, user, stored]).toEqual([400, 200, null, null])
  }
})

test('attaching while a purge is forced leaves the connection without it, or the credential in place', async () => {
  for (let round = 0; round < 10; round++) {
    const id = await create(`forced ${round}`)
    const as = people.owner
    const make = (n: string) =>
      api.call('POST', '/api/connections', {
        as,
        body: {
          ...{ conn_id: n, name: n, type: 'postgres', credential_id: id },
          config: { host: 'db.example.com', database: 'd' },
        },
      })
    await make(`forced-${round}`)
    const why = '?force=true&reason=leak'
    await api.call('DELETE', `/api/credentials/${id}${why}`, { as })
    const [purged, patched] = await Promise.all([
      api.call('DELETE', `/api/credentials/${id}/permanent${why}`, { as }),
      api.call('PATCH', `/api/connections/forced-${round}`, { as, body: { description: 'x' } }),
      make(`forced-late-${round}`),
    ])
    expect([purged.status, patched.status]).toEqual([200, 200])
    expect(await db().connection.count({ where: { credentialId: id } })).toBe(0)
    const connection = await db().connection.findFirstOrThrow({ where: { connId: `forced-${round}` } })
    expect([connection.credentialId, connection.description]).toEqual([null, 'x'])
  }
})

test('of two who give a secret its first destination at once one wins, and it opens only there', async () => {
  for (let round = 0; round < 8; round++) {
    const name = `first ${round}`
    const config = { username: 'etl', password: 'canary', ssh_password: 'canary' }
    const made = await call('POST', '/api/credentials', { name, type: 'database', config })
    const { id } = made.body.data
    const target = (host: string) => ({
      type: 'postgres',
      config: { host, port: 5432, database: 'd' },
      credential_id: id,
    })
    const answers = await Promise.all([
      call('POST', '/api/connections', { ...target('one.example.com'), conn_id: `one-${round}` }, people.integrator),
      call('POST', '/api/connections', { ...target('two.example.com'), conn_id: `two-${round}` }, people.integrator),
      call('POST', '/api/connections/test', target('three.example.com'), people.integrator),
    ])
    const codes = answers.map(({ body }) => body.code ?? 'allowed').sort()
    expect(codes).toEqual(['allowed', 'destination_changed', 'destination_changed'])
    // What is kept is opened where the row says it is sealed to.
    expect((await call('PUT', `/api/credentials/${id}`, { config: { password: `canary ${round}` } })).status).toBe(200)
  }
})
