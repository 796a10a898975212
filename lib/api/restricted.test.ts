import { readdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import type { Role } from '#lib/auth/permissions'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'
import { loadRoutes } from '#lib/web/routes'
import { useEngine } from './testing/engine.ts'
import { type Answer, makeWorkspace, type TestWorkspace, useApi } from './testing/install.ts'

const api = useApi()
useEngine()

/** Stands in everything that names a restricted object. */
const mark = 'zqmark7'
const outsiders: readonly Role[] = ['integrator', 'builder', 'viewer', 'runner']

let workspace: TestWorkspace
let ids: Record<string, string[]>
let open: { connection: string; credential: string; rotation: string }

const config = { host: '127.0.0.1', port: 9, database: 'app' }
const login = (username: string) => ({ ...config, engine: 'postgresql', username, password: 'typed once' })

const asked = (method: string, url: string, role: Role, body?: object): Promise<Answer> =>
  api.call(method, url, { as: workspace.people[role], by: 'cookie', ...(body && { body }) })

const make = async (url: string, body: object): Promise<string> => {
  const answer = await asked('POST', url, 'admin', body)
  expect([url, answer.status]).toEqual([url, 201])
  return answer.body.data.id
}

const makeCredential = (name: string, username: string, more: object = {}) =>
  make('/api/credentials', { name, type: 'database', config: login(username), ...more })
const makeConnection = (name: string, more: object) =>
  make('/api/connections', { name, conn_id: name, type: 'postgres', role: 'source', config, ...more })

beforeAll(async () => {
  workspace = await makeWorkspace()
  const about = { environment: 'prod', system: `${mark} system`, owner_team: `${mark} team`, description: mark }
  const hiddenCredential = await makeCredential(`${mark}-credential`, `${mark}_user`, about)
  const credential = await makeCredential('open', 'etl')
  // Each pair is of one open and one restricted object.
  const connection = await makeConnection('open', { credential_id: hiddenCredential, environment: 'dev' })
  const told = { description: mark, tags: [mark], config: { ...config, database: `${mark}_db` } }
  const hiddenConnection = await makeConnection(`${mark}-connection`, { credential_id: credential, ...told })
  await makeConnection('another', { credential_id: credential })
  await db().credential.update({ where: { id: hiddenCredential }, data: { restricted: true } })
  await db().connection.update({ where: { id: hiddenConnection }, data: { restricted: true } })
  await asked('POST', `/api/connections/${hiddenConnection}/test`, 'admin', {})
  const pipeline = { active: false, definition: { conn_id: hiddenConnection, conn_ids: ['open'] } }
  expect((await asked('PUT', '/api/pipelines/x', 'admin', pipeline)).status).toBe(200)
  const ran = { kind: 'run', mode: 'read', sql: `select '${mark}'`, status: 'done', actorKind: 'user' }
  for (const { userId: actorId } of Object.values(workspace.people)) {
    const row = { ...ran, id: newId('query'), workspaceId: workspace.id, connectionId: hiddenConnection, actorId }
    await db().queryRun.create({ data: row })
  }
  const rotation = await make(`/api/credentials/${credential}/rotate`, { config: { password: 'another' } })
  for (let i = 0; i < 200; i++) {
    const { body } = await asked('GET', `/api/credentials/${credential}/rotations/${rotation}`, 'admin')
    if (body.data.state === 'failed') break
    await sleep(100)
  }
  open = { connection, credential, rotation }
  const connections = [connection, hiddenConnection, `${mark}-connection`]
  ids = {
    '/api/connections/{ref}': connections,
    '/api/data-sources/{ref}': connections,
    '/api/credentials/{id}': [credential, hiddenCredential],
    '/api/members/{id}': [workspace.people.admin.userId],
  }
})

const app = path.join(import.meta.dirname, '../../app')

/** Every address that can be read, for each object it can be about, whole and in pages of one. */
const addresses = async (): Promise<string[]> => {
  const routes = await loadRoutes(app, ['/api/auth/'])
  return readdirSync(path.join(app, 'api'), { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'route.ts')
    .map((file) => `/api/${path.dirname(file)}`.replace(/\[(?:\.\.\.)?(\w+)\]/g, '{$1}'))
    .flatMap((url) => {
      const [prefix, of] = Object.entries(ids).find(([known]) => url.startsWith(known)) ?? ['', ['']]
      return of.map((id) => `${prefix.replace(/\{\w+\}/, id)}${url.slice(prefix.length)}`)
    })
    .map((url) =>
      url
        .replace('{rotation_id}', open.rotation)
        .replace('{table}', 'a.b')
        .replace(/\{\w+\}/g, 'x'),
    )
    .filter((url) => 'GET' in (routes.match(url)?.route.handlers ?? {}))
    .flatMap((url) => [url, `${url}?limit=1`])
}

/** Where the mark shows, cursors taken apart too; errors may repeat the address they were asked with. */
const shows = ({ text, headers }: Answer, url: string): boolean => {
  const all = `${text} ${JSON.stringify([...headers])}`.replaceAll(url, '')
  const tokens = all.match(/[\w+/-]{16,}/g) ?? []
  const decoded = tokens.map((token) => Buffer.from(token, 'base64url').toString('latin1'))
  return [all, ...decoded].some((one) => one.includes(mark))
}

test('whatever is read by those without a grant, no name and no detail of a restricted object is in it', {
  timeout: 120_000,
}, async () => {
  const seen = { admin: 0, outsider: [] as string[], read: 0 }
  for (const url of await addresses()) {
    if (shows(await asked('GET', url, 'admin'), url)) seen.admin++
    for (const role of outsiders) {
      const answer = await asked('GET', url, role)
      if (answer.status === 200) seen.read++
      expect([url, answer.status]).not.toEqual([url, 500])
      if (shows(answer, url)) seen.outsider.push(`${role} ${url}`)
    }
  }
  expect(seen.outsider).toEqual([])
  // The walk gets where the names are.
  expect(seen.admin).toBeGreaterThan(15)
  expect(seen.read).toBeGreaterThan(60)
})

test('what is refused, warned of or answered to a change names no restricted object either', async () => {
  const { connection, credential, rotation } = open
  const hidden = ids['/api/credentials/{id}']?.[1]
  const shared = { credential: { type: 'database', config: { username: 'other' } } }
  const steps: [string, string, number, object?][] = [
    ['DELETE', `/api/credentials/${credential}`, 409],
    ['POST', `/api/credentials/${credential}/rotations/${rotation}/promote`, 409, {}],
    ['PATCH', '/api/connections/another', 409, shared],
    ['PATCH', '/api/connections/another', 400, { credential_id: hidden }],
    ['POST', `/api/connections/${connection}/test`, 423, {}],
    ['PATCH', `/api/connections/${connection}`, 200, { description: 'changed without its credential' }],
    ['PATCH', `/api/connections/${connection}`, 400, { config: { host: 'elsewhere.example.com' } }],
    ['POST', `/api/connections/${connection}/duplicate`, 201, {}],
    ['DELETE', `/api/connections/${connection}`, 200],
    ['POST', `/api/connections/${connection}/restore`, 200, {}],
  ]
  for (const [method, url, status, body] of steps) {
    const answer = await asked(method, url, 'integrator', body)
    expect([method, url, answer.status, shows(answer, url)]).toEqual([method, url, status, false])
  }
})

test('those without a grant are told that there is more, and not what', async () => {
  const { connection, credential } = open
  const view = (await asked('GET', `/api/connections/${connection}`, 'builder')).body.data
  expect(view).toMatchObject({ credential_id: ids['/api/credentials/{id}']?.[1], credential: null, login: null })
  const used = (await asked('GET', `/api/credentials/${credential}/used-by`, 'builder')).body
  expect([used.data.map((one: Attached) => one.connection.name), used.meta.hidden]).toEqual([['another'], 1])
  const review = (await asked('GET', '/api/credentials/review', 'builder')).body.data
  const names = review.map((line: Attached) => [line.connection?.id === null, line.connection?.name])
  expect(names).toContainEqual([true, 'A restricted connection'])
})

interface Attached {
  connection: { id: string | null; name: string }
}
