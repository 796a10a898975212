import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorkspace, type Person, useApi } from '#lib/api/testing/install'
import { resetEnv } from '#lib/config/env'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'
import { loadRoutes } from './routes.ts'
import { createWebServer, type WebServer } from './server.ts'

useApi()
const folder = mkdtempSync(path.join(tmpdir(), 'jf-slow-'))
let engine: Server
let web: WebServer
let port: number
let owner: Person
const sent = { bytes: 0, ended: 0 }

const line = Buffer.from(`${JSON.stringify({ type: 'schema', name: 's'.repeat(1_000) })}\n`)
const chunk = Buffer.concat(Array.from({ length: 64 }, () => line))

// Stands for an engine with an endless discovery: it writes as long as somebody takes it.
const startEngine = (socket: string): Promise<Server> => {
  const server = createServer((request, response) => {
    request.resume()
    const write = (): void => {
      if (response.destroyed) return
      sent.bytes += chunk.length
      if (response.write(chunk)) setImmediate(write)
      else response.once('drain', write)
    }
    response.on('close', () => sent.ended++)
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    write()
  })
  return new Promise((resolve) => server.listen(socket, () => resolve(server)))
}

beforeAll(async () => {
  const socket = path.join(folder, 'e.sock')
  Object.assign(process.env, { JACKFIELD_ENGINE_SOCKET: socket, JACKFIELD_ENGINE_TOKEN: 'token' })
  resetEnv()
  engine = await startEngine(socket)
  owner = (await makeWorkspace()).people.owner
  const connection = { connId: 'large', name: 'Large', nameKey: 'large', type: 'postgres', role: 'source', config: {} }
  const by = { workspaceId: owner.workspaceId, summary: '', createdBy: 'test', updatedBy: 'test' }
  await db().connection.create({ data: { id: newId('connection'), ...connection, ...by } })
  const routes = await loadRoutes(path.join(import.meta.dirname, '../../app'), ['/api/auth/'])
  web = createWebServer({
    origin: 'http://localhost',
    routes,
    pages: async (_request, response) => void response.end(),
  })
  port = await web.listen(0, '127.0.0.1')
})
afterAll(async () => {
  await web.stop()
  engine.closeAllConnections()
  await new Promise((done) => engine.close(done))
  delete process.env.JACKFIELD_ENGINE_SOCKET
  delete process.env.JACKFIELD_ENGINE_TOKEN
  resetEnv()
  rmSync(folder, { recursive: true, force: true })
})

test('a reader that stops reading a discovery stops its source, and the web server keeps next to nothing for it', async () => {
  const before_bytes = process.memoryUsage().rss
  const reader = connect(port, '127.0.0.1')
  reader.write(
    `GET /api/data-sources/large/discovery HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${owner.key}\r\n\r\n`,
  )
  await new Promise<void>((resolve) => reader.once('readable', resolve))
  // Reading nothing from here on: what is still sent fits into the buffers of the sockets in between.
  reader.pause()
  await sleep(1_000)
  const { bytes } = sent
  await sleep(1_500)
  expect(sent.bytes).toBe(bytes)
  expect(bytes).toBeLessThan(24 * 2 ** 20)
  expect(process.memoryUsage().rss - before_bytes).toBeLessThan(128 * 2 ** 20)
  reader.resume()
  for (let i = 0; i < 100 && sent.bytes < bytes + 2 ** 26; i++) await sleep(20)
  expect(sent.bytes).toBeGreaterThan(bytes + 2 ** 22)
  reader.destroy()
  for (let i = 0; i < 100 && sent.ended === 0; i++) await sleep(20)
  expect(sent.ended).toBe(1)
})
