import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makePerson, makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'

const api = useApi()
useEngine()
let workspace: TestWorkspace
let silent: Server
let isHangingUp = false
const sockets = new Set<Socket>()

beforeAll(async () => {
  workspace = await makeWorkspace()
  // Takes a connection and never says a word.
  silent = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    if (isHangingUp) socket.destroy()
  })
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await new Promise((done) => silent.close(done))
})

const draft = () => {
  const address = silent.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { conn_id: 'draft', type: 'postgres', host: '127.0.0.1', port, schema: 'd', login: 'u', password: 'p' }
}
const begin = (as: Person) => api.call('POST', '/api/connections/test', { as, body: draft() })

test('a person runs four tests at once, an instance twenty; one more is told when to come again', async () => {
  const six = await Promise.all(Array.from({ length: 6 }, () => makePerson(workspace, 'integrator')))
  const begun: Promise<unknown>[] = []
  for (const person of six.slice(0, 5)) {
    const five = Array.from({ length: 5 }, () => begin(person))
    begun.push(...five)
    const first = await Promise.race(five)
    expect([first.status, first.body.code, first.headers.get('retry-after')]).toEqual([429, 'rate_limited', '5'])
  }
  const sixth = six[5] ?? workspace.people.owner
  expect((await begin(sixth)).status).toBe(429)
  isHangingUp = true
  for (const socket of sockets) socket.destroy()
  const ended = (await Promise.all(begun)) as { status: number }[]
  expect(ended.filter(({ status }) => status === 200)).toHaveLength(20)
  expect((await begin(sixth)).status).toBe(200)
})
