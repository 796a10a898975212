import { beforeEach, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { cookieFor, makePerson, makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import type { Role } from '#lib/auth/permissions'
import { roles } from '#lib/auth/permissions'
import { startSession } from '#lib/auth/sessions'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()

let workspace: TestWorkspace
let people: TestWorkspace['people']

beforeEach(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
})

const setRole = (as: Person, id: string, role: Role, by: 'key' | 'cookie' = 'cookie') =>
  api.call('PATCH', `/api/members/${id}`, { as, by, body: { role } })

const makeKey = async (as: Person, by: 'key' | 'cookie' = 'cookie', scopes = ['connections:read']) => {
  const answer = await api.call('POST', '/api/api-keys', { as, by, body: { name: 'a key', scopes } })
  expect(answer.status).toBe(201)
  return answer.body.data as { id: string; key: string }
}

const storeCredential = async (as: Person, name: string, config: object = {}) => {
  const fields = { engine: 'postgresql', host: 'db.example.com', port: 5432, username: 'etl', password: 'typed once' }
  const body = { name, type: 'database', config: { ...fields, ...config } }
  const answer = await api.call('POST', '/api/credentials', { as, body, by: 'cookie' })
  expect(answer.status).toBe(201)
  return answer.body.data.id as string
}

const rotateReason = async (id: string) => (await db().credential.findUniqueOrThrow({ where: { id } })).rotateReason

test('members are listed by name, page by page, without those of other workspaces', async () => {
  await makeWorkspace()
  const first = await api.call('GET', '/api/members?limit=4', { as: people.viewer })
  const second = await api.call('GET', `/api/members?limit=4&cursor=${first.body.meta.page.cursor}`, {
    as: people.viewer,
  })
  const names = [...first.body.data, ...second.body.data].map((row: { name: string }) => row.name)
  expect(names).toEqual([...roles].sort())
  expect(second.body.meta.page.cursor).toBeNull()
  expect(first.body.data[0]).toMatchObject({ role: 'admin', status: 'active', is_you: false })
})

test('nobody gives a role that does more than they do, nor changes somebody who does', async () => {
  const { owner, admin, viewer } = people
  expect((await setRole(admin, viewer.userId, 'owner')).status).toBe(403)
  expect((await setRole(admin, admin.userId, 'owner')).status).toBe(403)
  expect((await setRole(admin, owner.userId, 'viewer')).status).toBe(403)
  for (const [method, end] of [
    ['DELETE', ''],
    ['POST', '/disable'],
    ['POST', '/enable'],
  ]) {
    const given = { as: admin, ...(method === 'POST' && { body: {} }) }
    expect((await api.call(method ?? '', `/api/members/${owner.userId}${end}`, given)).status).toBe(403)
  }
  expect((await setRole(admin, viewer.userId, 'builder')).status).toBe(200)
})

test('a key with the one scope to change members gives no role that does more than the key', async () => {
  const { key } = await makeKey(people.owner, 'cookie', ['members:write'])
  expect((await setRole({ ...people.owner, key }, people.viewer.userId, 'admin', 'key')).status).toBe(403)
})

test('the last owner is not demoted, removed or disabled, also not by two owners at once', async () => {
  const { owner } = people
  expect((await setRole(owner, owner.userId, 'viewer')).status).toBe(409)
  const other = await makePerson(workspace, 'owner')
  const answers = await Promise.all([setRole(owner, other.userId, 'viewer'), setRole(other, owner.userId, 'viewer')])
  // The second is refused for being the last owner, or because the first has just ended the session it came with.
  expect(['200,401', '200,409']).toContain(String(answers.map((answer) => answer.status).sort()))
  expect(await db().membership.count({ where: { workspaceId: workspace.id, role: 'owner' } })).toBe(1)
})

test('an owner whose account is disabled does not count as one', async () => {
  const other = await makePerson(workspace, 'owner')
  await db().user.update({ where: { id: other.userId }, data: { status: 'disabled' } })
  expect((await setRole(people.owner, people.owner.userId, 'admin')).status).toBe(409)
})

test('a change of role ends the sessions of before at once and narrows the keys of before', async () => {
  const { owner, admin } = people
  const { id, key } = await makeKey(admin, 'cookie', ['api-keys:write', 'connections:read'])
  const below = await makeKey({ ...admin, key }, 'key')
  const answer = await setRole(owner, admin.userId, 'viewer')
  expect(answer.body.data).toMatchObject({ role: 'viewer', sessions_ended: 1, revision: 2 })
  expect(answer.body.data.keys_narrowed.map((one: { id: string }) => one.id).sort()).toEqual([id, below.id].sort())
  expect((await api.call('GET', '/api/connections', { as: admin, by: 'cookie' })).status).toBe(401)
  expect((await api.call('GET', '/api/connections', { as: { ...admin, key } })).status).toBe(200)
  expect((await makeKeyStatus({ ...admin, key })).status).toBe(403)
  const event = await db().auditEvent.findFirstOrThrow({ where: { event: 'member.changed', targetId: admin.userId } })
  expect(event.details).toMatchObject({ from: 'admin', to: 'viewer' })
})

const makeKeyStatus = (as: Person) =>
  api.call('POST', '/api/api-keys', { as, body: { name: 'more', scopes: ['connections:read'] } })

test('a role is changed only soon after a sign-in, and only on the version that was seen', async () => {
  const { owner, viewer } = people
  const old = new Date(Date.now() - 11 * 60_000)
  await db().session.updateMany({ where: { userId: owner.userId }, data: { authenticatedAt: old } })
  const stale = await setRole(owner, viewer.userId, 'builder')
  expect([stale.status, stale.body.code]).toEqual([403, 'reauth_required'])
  await db().session.updateMany({ where: { userId: owner.userId }, data: { authenticatedAt: new Date() } })
  const options = { as: owner, by: 'cookie' as const, body: { role: 'builder' }, headers: { 'if-match': '"7"' } }
  expect((await api.call('PATCH', `/api/members/${viewer.userId}`, options)).status).toBe(412)
})

test.each(['disable', 'remove'] as const)('%s ends what a leaver could reach and marks what they know', async (how) => {
  const { owner, integrator } = people
  const admin = await makePerson(workspace, 'admin')
  const key = await makeKey(admin, 'cookie', ['api-keys:write', 'connections:read'])
  const below = await makeKey({ ...admin, key: key.key }, 'key')
  const typed = await storeCredential(admin, 'typed by the leaver')
  const other = await storeCredential(integrator, 'typed by somebody else')
  const footprint = await api.call('GET', `/api/members/${admin.userId}/footprint`, { as: owner })
  expect(footprint.body.data).toMatchObject({ sessions: 1, credentials: [{ id: typed, used_by: 0 }] })
  expect(footprint.body.data.api_keys).toHaveLength(2)

  const url = `/api/members/${admin.userId}`
  const as = { as: owner, by: 'cookie' as const }
  const answer =
    how === 'remove' ? await api.call('DELETE', url, as) : await api.call('POST', `${url}/disable`, { ...as, body: {} })
  expect(answer.status).toBe(200)
  expect(answer.body.data).toMatchObject({ sessions_ended: 1, credentials_to_rotate: [{ id: typed }] })
  expect(answer.body.data.keys_revoked.map((one: { id: string }) => one.id).sort()).toEqual([key.id, below.id].sort())

  expect((await api.call('GET', '/api/connections', { as: admin, by: 'cookie' })).status).toBe(401)
  for (const { key: dead } of [key, below]) {
    expect((await api.call('GET', '/api/connections', { as: { ...admin, key: dead } })).status).toBe(401)
  }
  expect(await rotateReason(typed)).toContain('has left')
  expect(await rotateReason(other)).toBeNull()
  const flagged = await db().auditEvent.findMany({ where: { event: 'credential.flagged', workspaceId: workspace.id } })
  expect(flagged.map((event) => event.targetId)).toEqual([typed])
})

test('a secret that somebody else replaced since is not marked, unless a part of it may have been kept', async () => {
  const { owner, integrator, admin } = people
  const replaced = await storeCredential(integrator, 'one field, replaced')
  const staged = await storeCredential(owner, 'staged by the leaver')
  const mixed = await storeCredential(integrator, 'several fields')
  const next = (credentialId: string, version: number, createdBy: string, fields = ['password']) =>
    db().credentialVersion.create({
      data: { credentialId, version, createdBy, fields, keyId: 'k', fingerprint: '', envelope: new Uint8Array(1) },
    })
  await next(replaced, 2, admin.userId)
  await next(mixed, 2, admin.userId, ['password', 'passphrase'])
  await next(staged, 2, integrator.userId)
  await db().credential.updateMany({ where: { id: { in: [replaced, mixed] } }, data: { version: 2 } })
  const { body } = await api.call('GET', `/api/members/${integrator.userId}/footprint`, { as: owner })
  expect(body.data.credentials.map((one: { id: string }) => one.id).sort()).toEqual([mixed, staged].sort())
})

test('an enabled account signs in again, and its old sessions and keys stay dead', async () => {
  const { owner, builder } = people
  const as = { as: owner, by: 'cookie' as const, body: {} }
  await api.call('POST', `/api/members/${builder.userId}/disable`, as)
  const { body } = await api.call('POST', `/api/members/${builder.userId}/enable`, as)
  expect(body.data.status).toBe('active')
  expect((await api.call('GET', '/api/connections', { as: builder, by: 'cookie' })).status).toBe(401)
  const { reference } = await startSession({ id: builder.userId, workspaceId: workspace.id }, {})
  const again = { ...builder, cookie: await cookieFor(reference) }
  expect((await api.call('GET', '/api/connections', { as: again, by: 'cookie' })).status).toBe(200)
})

test('an admin of one workspace locks nobody out of another, and sees nobody of it', async () => {
  const other = await makeWorkspace()
  const { userId } = other.people.owner
  for (const [method, end] of [
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/disable'],
    ['GET', '/footprint'],
  ]) {
    const body = method === 'PATCH' ? { role: 'viewer' } : method === 'POST' ? {} : undefined
    const given = { as: people.owner, ...(body && { body }) }
    expect((await api.call(method ?? '', `/api/members/${userId}${end}`, given)).status).toBe(404)
  }
  await db().membership.create({ data: { userId, workspaceId: workspace.id, role: 'viewer' } })
  const disable = await api.call('POST', `/api/members/${userId}/disable`, { as: people.owner, body: {} })
  expect(disable.status).toBe(409)
  expect((await api.call('GET', '/api/connections', { as: other.people.owner, by: 'cookie' })).status).toBe(200)
})

test('nobody removes or disables themselves', async () => {
  const { admin } = people
  const as = { as: admin, by: 'cookie' as const }
  expect((await api.call('DELETE', `/api/members/${admin.userId}`, as)).status).toBe(409)
  expect((await api.call('POST', `/api/members/${admin.userId}/disable`, { ...as, body: {} })).status).toBe(409)
})
