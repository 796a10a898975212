import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { evaluateAlerts } from '#lib/audit/alert-store'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()
const day_ms = 86_400_000

let workspace: TestWorkspace
let people: TestWorkspace['people']
beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
})

const call = (method: string, url: string, body?: object, as = people.owner) =>
  api.call(method, url, { as, ...(body && { body }) })
const start = Date.now()
const on = (day: number) => new Date(start + day * day_ms)

const create = async (name: string, more: object = {}) => {
  const config = { username: 'etl', password: 'reminder-canary' }
  const answer = await call('POST', '/api/credentials', { name, type: 'database', config, ...more })
  expect(answer.status, answer.text).toBe(201)
  return String(answer.body.data.id)
}

interface Reminder {
  id: string
  rule: string
  about: string
  sentence: string
  raised_at: string
}
const remindersOf = async (id: string, as = people.owner): Promise<Reminder[]> => {
  const { data } = (await call('GET', '/api/alerts?state=all&limit=200', undefined, as)).body
  return data.filter(({ about }: Reminder) => about === id).reverse()
}
/** How many reminders of a credential two engines raise that look at the same moment of that day. */
const look = async (id: string, day: number) => {
  const before = (await remindersOf(id)).length
  await Promise.all([evaluateAlerts(on(day)), evaluateAlerts(on(day))])
  return (await remindersOf(id)).length - before
}

test('a credential that expires is reminded of once a month, a week and a day before, and when it is over', async () => {
  const id = await create('expiring', { expires_at: on(60).toISOString() })
  const raised: number[] = []
  for (const day of [0, 29, 31, 32, 52, 54, 55, 58, 59.5, 59.6, 60.5, 70]) {
    for (let count = await look(id, day); count > 0; count--) raised.push(day)
  }
  expect(raised).toEqual([31, 54, 59.5, 60.5])
  const reminders = await remindersOf(id)
  const expires = on(60).toISOString().slice(0, 10)
  expect(reminders.map(({ rule, sentence }) => [rule, sentence])).toEqual([
    ['credential_expiring', `The credential expiring expires on ${expires}.`],
    ['credential_expiring', `The credential expiring expires on ${expires}.`],
    ['credential_expiring', `The credential expiring expires on ${expires}.`],
    ['credential_expiring', `The credential expiring has expired on ${expires}.`],
  ])
  const events = await db().auditEvent.findMany({ where: { event: 'alert.raised', workspaceId: workspace.id } })
  expect(events.filter(({ details }) => JSON.stringify(details).includes(id))).toHaveLength(4)
  expect(JSON.stringify(events)).not.toContain('canary')
})

test('engines that were down for weeks remind of the step that counts now, not of those they missed', async () => {
  const id = await create('missed', { expires_at: on(40).toISOString() })
  expect(await look(id, 39.5)).toBe(1)
  expect(await look(id, 39.6)).toBe(0)
  expect((await remindersOf(id)).map(({ sentence }) => sentence)).toEqual([expect.stringContaining('expires on')])
})

test('what was looked at stays quiet, and a day that is moved is reminded of anew', async () => {
  const id = await create('moved', { expires_at: on(100).toISOString() })
  expect(await look(id, 71)).toBe(1)
  const [first] = await remindersOf(id)
  expect((await call('POST', `/api/alerts/${first?.id}/acknowledge`, {})).status).toBe(200)
  expect(await look(id, 72)).toBe(0)
  await call('PUT', `/api/credentials/${id}`, { expires_at: on(140).toISOString() })
  expect(await look(id, 73)).toBe(0)
  expect(await look(id, 111)).toBe(1)
  await call('PUT', `/api/credentials/${id}`, { expires_at: null })
  expect(await look(id, 139.5)).toBe(0)
})

test('the age of a secret counts from its replacement, and one that is marked does not wait', async () => {
  const id = await create('aging', { rotate_every_days: 20 })
  expect([await look(id, 12), await look(id, 13.5), await look(id, 19.5), await look(id, 20.5)]).toEqual([0, 1, 1, 1])
  expect((await remindersOf(id)).at(-1)?.sentence).toContain('had to be replaced by')
  const marked = await create('marked')
  expect(await look(marked, 20.5)).toBe(0)
  await db().credential.update({ where: { id: marked }, data: { rotateReason: 'somebody who knew it left' } })
  expect(await look(marked, 20.5)).toBe(1)
  expect(await remindersOf(marked)).toMatchObject([
    { rule: 'rotation_due', sentence: 'The credential marked has to be replaced: somebody who knew it left.' },
  ])
  await call('PUT', `/api/credentials/${marked}`, { config: { password: 'other-canary' } })
  expect((await call('GET', `/api/credentials/${marked}`)).body.data.rotate_reason).toBeNull()
})

test('disabled and deleted ones are not reminded of, and nobody learns of those of another workspace', async () => {
  const disabled = await create('disabled', { expires_at: on(1).toISOString() })
  await call('PUT', `/api/credentials/${disabled}`, { status: 'disabled' })
  const deleted = await create('deleted', { expires_at: on(1).toISOString() })
  await call('DELETE', `/api/credentials/${deleted}`)
  expect([await look(disabled, 0.5), await look(deleted, 0.5)]).toEqual([0, 0])
  const shared = await create('shared', { scope: 'organization', expires_at: on(1).toISOString() })
  expect(await look(shared, 0.5)).toBe(1)
  const stranger = (await makeWorkspace()).people.owner
  expect(await remindersOf(shared)).toHaveLength(1)
  expect(await remindersOf(shared, stranger)).toEqual([])
})

test('the list shows what is due soon and what is overdue', async () => {
  const soon = await create('due soon', { expires_at: new Date(Date.now() + 3 * day_ms).toISOString() })
  const over = await create('over', { expires_at: new Date(Date.now() - day_ms).toISOString() })
  const fresh = await create('fresh', { expires_at: new Date(Date.now() + 300 * day_ms).toISOString() })
  const listed = async (due: string) =>
    (await call('GET', `/api/credentials?due=${due}&limit=200`)).body.data.map(({ id }: { id: string }) => id)
  expect(await listed('soon')).toEqual(expect.arrayContaining([soon, over]))
  expect(await listed('soon')).not.toContain(fresh)
  expect(await listed('overdue')).toContain(over)
  expect(await listed('overdue')).not.toContain(soon)
  expect((await call('GET', '/api/credentials?due=never')).status).toBe(400)
})
