import http, { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundedAgent } from './bounded-agent.ts'

const server = createServer((request, response) => {
  const piece = 'x'.repeat(1_000)
  const timer = setInterval(() => response.write(request.url === '/much' ? piece.repeat(100) : 'x'), 5)
  response.on('close', () => clearInterval(timer))
})

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const read = async (path: string, limits: { deadline_ms: number; max_bytes: number }): Promise<number> => {
  const { port } = server.address() as AddressInfo
  let received = 0
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.get({ host: '127.0.0.1', port, path, agent: boundedAgent(false, limits) }, resolve).on('error', reject)
  })
  for await (const chunk of response) received += chunk.length
  return received
}

test('a provider that sends without end is cut off', async () => {
  await expect(read('/much', { deadline_ms: 60_000, max_bytes: 1_000_000 })).rejects.toThrow()
})

test('a provider that trickles is cut off at the deadline', async () => {
  await expect(read('/slowly', { deadline_ms: 300, max_bytes: 1_000_000_000 })).rejects.toThrow()
})
