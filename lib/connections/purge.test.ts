import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()
let workspace: TestWorkspace
beforeAll(async () => {
  workspace = await makeWorkspace()
})

const call = async (method: string, url: string, body?: object) => {
  const answer = await api.call(method, url, { as: workspace.people.owner, body })
  if (answer.status >= 300) throw new Error(answer.text)
  return answer.body
}
const config = { host: 'db.example.com', database: 'd' }
const typed = { type: 'database', config: { username: 'etl', password: 'Typed-secret-1' } }
const create = async (conn_id: string, extra: object = { credential: typed }) =>
  (
    await call('POST', '/api/connections', {
      conn_id,
      name: conn_id,
      type: 'postgres',
      role: 'source',
      config,
      ...extra,
    })
  ).data
const remove = (ref: string) => call('DELETE', `/api/connections/${ref}`)
const purge = (ref: string) => call('DELETE', `/api/connections/${ref}/permanent`)
const versionsOf = (credentialId: string) => db().credentialVersion.count({ where: { credentialId } })

test('purging a connection destroys the secret typed for it, every version, and says so in the trail', async () => {
  const { id, credential_id } = await create('alone')
  await call('PATCH', `/api/connections/${id}`, {
    credential: { ...typed, config: { username: 'etl', password: 'Typed-secret-2' } },
  })
  expect(await versionsOf(credential_id)).toBe(2)
  await remove(id)
  expect(await versionsOf(credential_id)).toBe(2)
  await call('POST', `/api/connections/${id}/restore`)
  await remove(id)
  expect((await purge(id)).meta).toEqual({ credential_purged: true })
  expect(await versionsOf(credential_id)).toBe(0)
  expect(await db().credential.count({ where: { id: credential_id } })).toBe(0)
  const events = await db().auditEvent.findMany({
    where: { targetId: { in: [id, credential_id] }, event: { endsWith: '.purged' } },
  })
  expect(events.map(({ event, requestId }) => [event, requestId]).sort()).toEqual([
    ['connection.purged', events[0]?.requestId],
    ['credential.purged', events[0]?.requestId],
  ])
})

test('a credential that another connection uses stays, also where that one is deleted and could be restored', async () => {
  const { id, credential_id } = await create('shared')
  const { id: copy } = (await call('POST', `/api/connections/${id}/duplicate`, { conn_id: 'shared-copy' })).data
  await remove(id)
  await remove(copy)
  expect((await purge(id)).meta).toEqual({ credential_purged: false })
  expect(await versionsOf(credential_id)).toBe(1)
  await call('POST', `/api/connections/${copy}/restore`)
  await remove(copy)
  expect((await purge(copy)).meta).toEqual({ credential_purged: true })
})

test('a credential with a name of its own stays; the list tells the two apart', async () => {
  const own = (await call('POST', '/api/credentials', { name: 'own', ...typed })).data
  const { id } = await create('own', { credential_id: own.id })
  await create('inline')
  const { data } = await call('GET', '/api/credentials')
  const inline = data.map((row: { name: string; inline: boolean }) => [row.name, row.inline])
  expect(inline).toEqual([
    ['inline', true],
    ['own', false],
  ])
  await remove(id)
  await purge(id)
  expect(await versionsOf(own.id)).toBe(1)
})

test('a connection that is attached while the other is purged never loses its credential', async () => {
  for (let round = 0; round < 10; round++) {
    const { id, credential_id } = await create(`race-${round}`)
    await remove(id)
    const body = {
      conn_id: `raced-${round}`,
      name: `raced-${round}`,
      type: 'postgres',
      role: 'source',
      config,
      credential_id,
    }
    const [, attached] = await Promise.all([
      api.call('DELETE', `/api/connections/${id}/permanent`, { as: workspace.people.owner }),
      api.call('POST', '/api/connections', { as: workspace.people.owner, body }),
    ])
    expect(await versionsOf(credential_id)).toBe(attached.status === 201 ? 1 : 0)
    expect([201, 400]).toContain(attached.status)
  }
})
