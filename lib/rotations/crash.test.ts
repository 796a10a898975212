import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { seededRandom } from '#lib/core/testing/random'
import { connect, db } from '#lib/db/client'

const api = useApi()
const engine = useEngine()
const target = useTarget()

let people: TestWorkspace['people']
let id = ''
const connections: string[] = []

beforeAll(async () => {
  people = (await makeWorkspace()).people
  await target.query("create role etl_b login password 'second-canary'; grant select on orders to etl_b")
  const config = { username: 'etl', password: targetPassword }
  const made = await call('POST', '/api/credentials', { name: 'login', type: 'database', config })
  id = made.body.data.id
  for (let n = 0; n < 3; n++) {
    const body = { name: `Orders ${n}`, type: 'postgres', role: 'source', config: target.config(), credential_id: id }
    connections.push((await call('POST', '/api/connections', body)).body.data.id)
  }
})

const call = (method: string, url: string, body?: object) => api.call(method, url, { as: people.owner, body })
const logins = [
  { username: 'etl', password: targetPassword },
  { username: 'etl_b', password: 'second-canary' },
]
const otherLogin = async () => {
  const { username } = (await call('GET', `/api/credentials/${id}`)).body.data.config
  return logins.find((login) => login.username !== username) ?? {}
}
const start = (config: object, more: object = {}) => call('POST', `/api/credentials/${id}/rotate`, { config, ...more })
const rotate = async (more: object = {}) => start(await otherLogin(), more)
const step = (rotation: string, name: string) =>
  call('POST', `/api/credentials/${id}/rotations/${rotation}/${name}`, {})
const stateOf = async (rotation: string) => (await db().rotation.findFirst({ where: { id: rotation } }))?.state

const until = async (rotation: string, ...states: string[]) => {
  for (const end = Date.now() + 90_000; Date.now() < end; await sleep(100)) {
    const state = await stateOf(rotation)
    if (state !== undefined && states.includes(state)) return
  }
  throw new Error(`the rotation is still ${await stateOf(rotation)}`)
}

/** Whatever happened: the current version is there, opens, and works at the target. */
const expectWorking = async () => {
  const credential = await db().credential.findFirstOrThrow({ where: { id }, include: { versions: true } })
  const current = credential.versions.find(({ version }) => version === credential.version)
  expect(current).toMatchObject({ state: 'stored', destroyedAt: null })
  expect(current?.envelope).not.toBeNull()
  const report = await call('POST', `/api/connections/${connections[0]}/test`, {})
  expect(report.body, report.text).toMatchObject({ success: true })
}

const seed = Number(process.env.SEED ?? 20_261_121)
const kills = process.env.ASSURE ? 1_000 : 25
const takeovers = process.env.ASSURE ? 100 : 6

/** Every rotation so far went to its end by one promotion, after every test had passed. */
const expectOnePromotionEach = async () => {
  const rotations = await db().rotation.findMany({ where: { credentialId: id }, include: { tests: true } })
  const events = await db().auditEvent.findMany({ where: { event: 'rotation.promoted', targetId: id } })
  expect(events).toHaveLength(rotations.length)
  for (const rotation of rotations) {
    expect(rotation.state).toBe('finished')
    expect(rotation.tests.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed'])
    expect(events.filter(({ details }) => JSON.stringify(details).includes(rotation.id))).toHaveLength(1)
  }
}

test(
  'an engine killed at any moment of a rotation leaves a secret that works, and the next engine goes on',
  async () => {
    const random = seededRandom(seed)
    let rotation = ''
    for (let n = 0; n < kills; n++) {
      // The next kill may hit the same rotation again, in the test that the killed engine left behind.
      if (rotation === '' || (await stateOf(rotation)) === 'finished') {
        rotation = (await rotate({ auto_promote: true, soak_hours: 0 })).body.data.id
      }
      await sleep(random() * 1_600)
      await engine.kill()
      await engine.start()
      await expectWorking()
    }
    await until(rotation, 'finished')
    await expectWorking()
    await expectOnePromotionEach()
  },
  kills * 20_000,
)

test(
  'of two engines one takes over what the other one left when it was killed, and nothing is promoted twice',
  async () => {
    const random = seededRandom(seed + 1)
    for (let n = 0; n < takeovers; n++) {
      const other = await engine.another()
      const rotation = (await rotate({ auto_promote: true, soak_hours: 0 })).body.data.id
      await sleep(random() * 800)
      const isFirst = random() < 0.5
      await (isFirst ? engine.kill() : other.kill())
      // Only the one that is left brings it to its end.
      await until(rotation, 'finished')
      if (isFirst) await engine.start()
      await expectWorking()
      await other.kill()
    }
    await expectOnePromotionEach()
  },
  takeovers * 60_000,
)

/** The same client, whose nth statement fails. */
const failingAt = (nth: number) => {
  let statements = 0
  const real = connect(process.env.DATABASE_URL)
  const client = real.$extends({
    query: {
      $allOperations({ args, query }) {
        statements += 1
        if (statements === nth) throw new Error('injected')
        return query(args)
      },
    },
  })
  return { client, end: () => real.$disconnect(), wasReached: () => statements >= nth }
}

const withFault = async <T>(nth: number, work: () => Promise<T>): Promise<{ answer: T; wasReached: boolean }> => {
  const holder = globalThis as unknown as { jackfieldDb: unknown }
  const before = holder.jackfieldDb
  const fault = failingAt(nth)
  holder.jackfieldDb = fault.client
  try {
    return { answer: await work(), wasReached: fault.wasReached() }
  } finally {
    holder.jackfieldDb = before
    await fault.end()
  }
}

const facts = async () => ({
  credential: await db().credential.findFirst({
    where: { id },
    include: { versions: { orderBy: { version: 'asc' } } },
  }),
  rotations: await db().rotation.findMany({ where: { credentialId: id }, orderBy: { id: 'asc' } }),
  // What is refused may be recorded; what happened is recorded with it.
  events: await db().auditEvent.count({ where: { targetId: id, outcome: 'success' } }),
})

test('a step whose nth statement fails, for every n, happened as a whole or not at all', async () => {
  let rotation = ''
  let faults = 0
  for (const name of ['rotate', 'promote', 'roll-back', 'rotate', 'cancel', 'rotate', 'promote', 'finish']) {
    // The engine takes no step of its own between what is compared.
    if (name === 'promote' || name === 'cancel') await until(rotation, 'ready')
    const login = await otherLogin()
    const take = () => (name === 'rotate' ? start(login) : step(rotation, name))
    for (let nth = 1; ; nth++) {
      const before = await facts()
      const { answer, wasReached } = await withFault(nth, take)
      if (!wasReached) {
        expect(answer.status, name).toBeLessThan(300)
        if (name === 'rotate') rotation = answer.body.data.id
        await expectWorking()
        break
      }
      faults += 1
      expect(answer.status, `${name}, statement ${nth}`).toBeGreaterThanOrEqual(500)
      expect(await facts(), `${name}, statement ${nth}`).toEqual(before)
    }
  }
  expect(faults).toBeGreaterThan(30)
  await expectWorking()
}, 240_000)
