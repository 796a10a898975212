import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { holdNames } from '#lib/connections/references'
import { seededRandom } from '#lib/core/testing/random'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()

let workspace: TestWorkspace
beforeAll(async () => {
  workspace = await makeWorkspace()
})

const isFull = process.env.ASSURE === '1'
const rounds = isFull ? 1_000 : 200
const lanes = 3
const random = seededRandom(4)

const call = (method: string, url: string, body?: object) =>
  api.call(method, url, { as: workspace.people.owner, ...(body && { body }) })

/** Each makes a pipeline that uses the connection active, in a way of its own. */
const registrations: ((key: string, slug: string) => Promise<() => ReturnType<typeof call>>)[] = [
  async (key, slug) => () => call('PUT', `/api/pipelines/${key}`, { definition: { conn_id: slug } }),
  async (key, slug) => {
    await call('PUT', `/api/pipelines/${key}`, { definition: { conn_id: 'something-else' } })
    return () => call('PUT', `/api/pipelines/${key}`, { definition: { nodes: [{ conn_ids: [slug] }] } })
  },
  async (key, slug) => {
    await call('PUT', `/api/pipelines/${key}`, { active: false, definition: { conn_id: slug } })
    return () => call('PATCH', `/api/pipelines/${key}`, { active: true })
  },
  async (key, slug) => {
    await call('PUT', `/api/pipelines/${key}`, { active: false, definition: { conn_id: slug } })
    return () => call('PUT', `/api/pipelines/${key}`, { active: true, definition: { conn_id: slug } })
  },
]

const config = { host: 'db.example.com', database: 'd' }

const race = async (n: number): Promise<'refused' | 'told'> => {
  const [slug, key] = [`race-${n}`, `pipeline-${n}`]
  const { id } = (await call('POST', '/api/connections', { conn_id: slug, name: slug, type: 'postgres', config })).body
    .data
  const prepare = registrations[n % registrations.length]
  const register = await prepare?.(key, n % 3 === 0 ? id : slug)
  // One of them is a little ahead, another one each time.
  const ahead = Math.floor(random() * 11)
  const [deleted, registered] = await Promise.all([
    sleep(Math.max(0, ahead - 5)).then(() => call('DELETE', `/api/connections/${id}`)),
    sleep(Math.max(0, 5 - ahead)).then(() => register?.()),
  ])
  const state = registered?.body.data?.references[0]?.state
  const warned = registered?.body.meta?.warnings.length
  if (deleted.status === 409) {
    expect([n, deleted.body.code, state, warned]).toEqual([n, 'in_use', 'bound', 0])
    return 'refused'
  }
  expect([n, deleted.status, registered?.status, state, warned]).toEqual([n, 200, 200, 'deleted', 1])
  return 'told'
}

test('delete against register: either the delete is refused, or the registration says that the connection is deleted (REL-4)', {
  timeout: isFull ? 900_000 : 240_000,
}, async () => {
  const seen = { refused: 0, told: 0 }
  let next = 0
  const lane = async () => {
    while (next < rounds) seen[await race(next++)]++
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  expect(seen.refused + seen.told).toBe(rounds)
  // Both come first often enough for the race to be one.
  expect(Math.min(seen.refused, seen.told)).toBeGreaterThan(rounds / 20)
})

test('renaming, taking and registering a name at the same moment leaves every reference where its name leads', {
  timeout: isFull ? 900_000 : 120_000,
}, async () => {
  const total = isFull ? 200 : 25
  for (let n = 0; n < total; n++) {
    const [a, b, c] = [`swap-a-${n}`, `swap-b-${n}`, `swap-c-${n}`]
    const { id } = (await call('POST', '/api/connections', { conn_id: a, name: a, type: 'postgres', config })).body.data
    const answers = await Promise.all([
      call('PATCH', `/api/connections/${id}`, { conn_id: b }),
      call('PUT', `/api/pipelines/swap-${n}`, { definition: { conn_ids: [a, b, c] } }),
      call('POST', '/api/connections', { conn_id: c, name: c, type: 'postgres', config }),
      call('PATCH', `/api/connections/${id}`, { description: 'meanwhile' }),
    ])
    // A change that was overtaken says so; nothing fails.
    expect(answers.map(({ status }) => status).filter((status) => ![200, 201, 412].includes(status))).toEqual([])
    const { body } = await call('GET', `/api/pipelines/swap-${n}`)
    const leadsTo = body.data.references.map(
      (one: { conn_id: string; connection: { id: string } | null }) => one.connection?.id,
    )
    const meant = await Promise.all([a, b, c].map((slug) => call('GET', `/api/connections/${slug}`)))
    expect(leadsTo).toEqual(meant.map((one) => one.body.data?.id))
  }
  const aliases = await db().connectionAlias.findMany()
  const live = await db().connection.findMany({ where: { deletedAt: null }, select: { connId: true } })
  expect(aliases.filter(({ connId }) => live.some((one) => one.connId === connId))).toEqual([])
})

/** Until somebody waits for a name. */
const nameIsAwaited = async (): Promise<void> => {
  for (let i = 0; i < 500; i++) {
    const waiting = await db().$queryRaw<unknown[]>`
      select 1 from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`
    if (waiting.length > 0) return
    await sleep(10)
  }
  throw new Error('nobody waits')
}

test('whoever makes a connection holds nothing yet while they wait for its name, so that a rename goes on', async () => {
  const create = async (body: object) =>
    (await call('POST', '/api/connections', { type: 'postgres', config, ...body })).body
  const credential = { config: { username: 'etl', password: 'typed once' } }
  const { data: original } = await create({ conn_id: 'renamed-0', credential })
  const ways: [string, (conn_id: string) => ReturnType<typeof call>][] = [
    ['made', (conn_id) => call('POST', '/api/connections', { conn_id, type: 'postgres', config })],
    [
      'made with a credential',
      (conn_id) =>
        call('POST', '/api/connections', { conn_id, type: 'postgres', config, credential_id: original.credential_id }),
    ],
    ['copied', (conn_id) => call('POST', `/api/connections/${original.id}/duplicate`, { conn_id })],
  ]
  for (const [n, [what, make]] of ways.entries()) {
    const wanted = `renamed-${n + 1}`
    let making: ReturnType<typeof call> | undefined
    // What a rename to this name does, which somebody else wants at the same moment.
    await db().$transaction(async (tx) => {
      await holdNames(tx, workspace.id, [wanted], 'change')
      making = make(wanted)
      await nameIsAwaited()
      await tx.$executeRaw`select 1 from credentials where id = ${original.credential_id} for update`
      await tx.connection.update({ where: { id: original.id }, data: { connId: wanted } })
    })
    expect([what, (await making)?.body.code]).toEqual([what, 'name_taken'])
  }
})

test('switching a pipeline off waits for nobody who renames what it uses', async () => {
  await call('PUT', '/api/pipelines/idle', { definition: { conn_id: 'busy-name' } })
  await db().$transaction(async (tx) => {
    await holdNames(tx, workspace.id, ['busy-name'], 'change')
    const definition = { conn_id: 'busy-name' }
    const { status, body } = await call('PUT', '/api/pipelines/idle', { active: false, definition })
    expect([status, body.data.active]).toEqual([200, false])
  })
})
