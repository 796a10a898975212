import { beforeAll, expect, test } from 'vitest'
import { type Answer, cookieFor, makeWorkspace, type Person, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { hashPassword } from './passwords.ts'
import { startSession } from './sessions.ts'

const api = useApi()
const password = 'nine unrelated llamas'
const next = 'eleven very calm herons'
let owner: Person
let stranger: Person

beforeAll(async () => {
  const { people } = await makeWorkspace()
  owner = people.owner
  stranger = people.admin
  await db().user.update({ where: { id: owner.userId }, data: { passwordHash: await hashPassword(password) } })
})

const call = (method: string, url: string, as: Person, body?: object): Promise<Answer> =>
  api.call(method, url, { as, by: 'cookie', ...(body && { body }) })

const elsewhere = async (): Promise<Person & { id: string }> => {
  const client = { ip: '192.0.2.1', userAgent: 'Firefox' }
  const { sessionId, reference } = await startSession({ id: owner.userId, workspaceId: owner.workspaceId }, client)
  return { ...owner, id: sessionId, cookie: await cookieFor(reference) }
}

test('a person sees where they are signed in, and ends one of their sessions at once, never somebody else’s', async () => {
  const other = await elsewhere()
  const { data } = (await call('GET', '/api/sessions', owner)).body
  expect(data).toHaveLength(2)
  expect(data.find((row: { id: string }) => row.id === other.id)).toMatchObject({ ip: '192.0.2.1', current: false })
  expect(data.filter((row: { current: boolean }) => row.current)).toHaveLength(1)
  expect((await call('DELETE', `/api/sessions/${other.id}`, stranger)).status).toBe(404)
  expect((await call('GET', '/api/session', other)).status).toBe(200)
  expect((await call('DELETE', `/api/sessions/${other.id}`, owner)).status).toBe(200)
  expect((await call('GET', '/api/session', other)).status).toBe(401)
})

test('signing out everywhere else leaves this browser signed in, and other people', async () => {
  const others = [await elsewhere(), await elsewhere()]
  expect((await call('DELETE', '/api/sessions', owner)).body.data).toEqual({ ended: 2 })
  for (const other of others) expect((await call('GET', '/api/session', other)).status).toBe(401)
  for (const as of [owner, stranger]) expect((await call('GET', '/api/session', as)).status).toBe(200)
})

test('a new password ends every other session and every copy of this cookie; a wrong or weak one changes nothing', async () => {
  const other = await elsewhere()
  const change = (current_password: string, typed: string) =>
    call('POST', '/api/session/password', owner, { current_password, password: typed })
  expect((await change('wrong', next)).body.errors[0].pointer).toBe('/current_password')
  expect((await change(password, 'password')).body.errors[0].pointer).toBe('/password')
  expect((await call('GET', '/api/session', other)).status).toBe(200)
  const changed = await change(password, next)
  expect([changed.status, changed.body.data]).toEqual([200, { ended: 1 }])
  for (const dead of [other, owner]) expect((await call('GET', '/api/session', dead)).status).toBe(401)
  owner = { ...owner, cookie: (changed.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '' }
  expect((await call('POST', '/api/session/confirm', owner, { password: next })).status).toBe(200)
})
