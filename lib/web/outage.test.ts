import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type Person, testSecret } from '#lib/api/testing/install'
import { collectLog } from '#lib/api/testing/log'
import { resetEnv } from '#lib/config/env'
import { disconnect } from '#lib/db/client'
import { type EmbeddedServer, startEmbedded } from '#lib/db/embedded'
import { migrate } from '#lib/db/migrate'
import { engineStatus } from '#lib/engine/client'
import { loadRoutes } from './routes.ts'
import { createWebServer, type WebServer } from './server.ts'

const home = mkdtempSync(path.join(tmpdir(), 'jackfield-outage-'))
let server: EmbeddedServer
let web: WebServer
let origin: string
let owner: Person

const startServer = async (): Promise<void> => {
  server = await startEmbedded({ home, name: 'database', port: 0, settings: { shared_buffers: '16MB' } })
}

beforeAll(async () => {
  await startServer()
  await migrate(server.adminUrl())
  Object.assign(process.env, { DATABASE_URL: server.adminUrl(), JACKFIELD_SESSION_SECRET: testSecret })
  resetEnv()
})
useEngine()
beforeAll(async () => {
  owner = (await makeWorkspace()).people.owner
  const routes = await loadRoutes(path.join(import.meta.dirname, '../../app'), ['/api/auth/'])
  web = createWebServer({
    origin: 'http://localhost',
    routes,
    pages: async (_request, response) => void response.end(),
  })
  origin = `http://127.0.0.1:${await web.listen(0, '127.0.0.1')}`
})
afterAll(async () => {
  await web.stop()
  await disconnect()
  await server.stop()
  delete process.env.DATABASE_URL
  delete process.env.JACKFIELD_SESSION_SECRET
  resetEnv()
  rmSync(home, { recursive: true, force: true })
})

const get = (pathname: string) => fetch(origin + pathname, { headers: { authorization: `Bearer ${owner.key}` } })
const post = (pathname: string, body: object, extra: Record<string, string> = {}) => {
  const headers = { authorization: `Bearer ${owner.key}`, 'content-type': 'application/json', ...extra }
  return fetch(origin + pathname, { method: 'POST', headers, body: JSON.stringify(body) })
}
const connection = { conn_id: 'made', type: 'postgres', host: 'db.example.com', schema: 'd', login: 'u', password: 'p' }

test('while its database is away the product says so and lives on; it works again at once when it is back', async () => {
  const lines = collectLog()
  expect((await get('/api/connections')).status).toBe(200)
  expect((await get('/api/credentials')).status).toBe(200)
  expect((await get('/api/ready')).status).toBe(200)
  await server.stop()
  // The first answers meet connections that died, later ones a port where nobody listens.
  for (let i = 0; i < 12; i++) {
    for (const answer of [
      await get('/api/connections'),
      await get('/api/credentials'),
      await post('/api/connections', connection),
      await post('/api/connections', connection, { 'idempotency-key': 'outage' }),
    ]) {
      expect([i, answer.status, answer.headers.get('retry-after')]).toEqual([i, 503, '5'])
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect((await answer.json()).code).toBe('unavailable')
    }
  }
  await expect(engineStatus()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('database'),
  })
  expect((await get('/api/health')).status).toBe(200)
  expect((await get('/api/ready')).status).toBe(503)
  await startServer()
  const back = Date.now()
  while ((await get('/api/ready')).status !== 200 && Date.now() - back < 5_000) await sleep(50)
  expect((await get('/api/connections')).status).toBe(200)
  expect((await post('/api/connections', connection, { 'idempotency-key': 'outage' })).status).toBe(201)
  expect(Date.now() - back).toBeLessThan(5_000)
  expect(lines).toEqual([])
})
