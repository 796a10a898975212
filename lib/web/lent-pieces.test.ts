import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { fileResponse, linesResponse } from '#lib/api/answer'
import { dispatch } from './dispatch.ts'

const sizes = [1, 7, 4_096, 70_000, 300_000, 1_000_000]
const expected = sizes.map((size, place) => String.fromCharCode(97 + place).repeat(size)).join('')

/** Pieces that are all written into one buffer, as those of the engine are. */
async function* lent(): AsyncGenerator<Uint8Array, { end: string }> {
  const buffer = Buffer.alloc(1_000_000)
  for (const [place, size] of sizes.entries()) {
    buffer.fill(97 + place)
    yield buffer.subarray(0, size)
  }
  buffer.fill(0)
  return { end: 'whole' }
}

const plain = { requestId: 'req_1', cancel: () => {}, plain: true }

test('pieces that are only lent reach whoever reads, in room of theirs or of the reader’s', async () => {
  expect(await (await linesResponse(lent(), plain)).text()).toBe(`${expected}{"end":"whole"}\n`)
  for (const room of [1_000, 262_144]) {
    const { body } = await fileResponse(lent(), { name: 'x', format: 'csv', cancel: () => {} })
    const reader = body?.getReader({ mode: 'byob' })
    let view = new Uint8Array(room)
    let text = ''
    for (;;) {
      const next = await reader?.read(view)
      if (!next?.value || next.done) break
      text += Buffer.from(next.value).toString('latin1')
      view = new Uint8Array(next.value.buffer)
    }
    expect(text === expected).toBe(true)
  }
})

const handlers = { GET: () => linesResponse(lent(), plain) }

test('over HTTP they arrive whole as well, also where the client is slow', async () => {
  const match = { route: { pattern: '/x', methods: ['GET'], handlers }, params: {} }
  const server = createServer((asked, answer) => void dispatch(match, asked, answer, new URL('http://x/x')))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const response = await new Promise<IncomingMessage>((done) => request({ port, host: '127.0.0.1' }, done).end())
  let text = ''
  for await (const piece of response) {
    text += piece
    await sleep(5)
  }
  await new Promise((done) => server.close(done))
  expect(text === `${expected}{"end":"whole"}\n`).toBe(true)
})

test('whoever leaves before the first piece ends the work as well', async () => {
  const ended: string[] = []
  async function* work() {
    try {
      yield Buffer.from('a')
      yield Buffer.from('b')
    } finally {
      ended.push('work')
    }
  }
  const response = await linesResponse(work(), { ...plain, cancel: () => ended.push('signal') })
  await response.body?.cancel()
  expect(ended).toEqual(['signal', 'work'])
})
