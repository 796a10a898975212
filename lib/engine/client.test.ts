import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { resetEnv } from '#lib/config/env'
import { runJob } from './client.ts'
import type { RunRequest } from './protocol.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'jf-client-'))
const ends: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const end of ends) await end()
  for (const name of ['SOCKET', 'TOKEN']) delete process.env[`JACKFIELD_ENGINE_${name}`]
  resetEnv()
  rmSync(folder, { recursive: true, force: true })
})

/** From here on the engine is one that answers like this. */
const engineThat = async (answer: RequestListener): Promise<void> => {
  const socket = path.join(folder, `${ends.length}.sock`)
  const server = createServer(answer)
  await new Promise<void>((done) => server.listen(socket, done))
  Object.assign(process.env, { JACKFIELD_ENGINE_SOCKET: socket, JACKFIELD_ENGINE_TOKEN: 'token' })
  resetEnv()
  ends.push(() => {
    server.closeAllConnections()
    return new Promise((done) => server.close(done))
  })
}

const place = { workspace_id: 'wsp_1', organization_id: 'org_1' }
const actor = { kind: 'system', id: 'test', name: 'Test', ...place, may_bind: false } as const
const run: RunRequest = {
  ticket: { event: 'connection.tested', request_id: 'req_1', actor },
  target: { connection_id: 'con_1' },
  job: { capability: 'test' },
}

const read = async (signal = new AbortController().signal): Promise<string> => {
  let text = ''
  for await (const piece of await runJob(run, signal)) text += Buffer.from(piece).toString('latin1')
  return text
}

/** Says this and dies, as an engine does that was killed. */
const dyingAfter = (said: string) => (_request: unknown, response: ServerResponse) => {
  response.writeHead(200)
  response.write(said, () => response.destroy())
}

test('a run arrives as the engine sent it, in pieces of every size', async () => {
  const rows = Array.from({ length: 60_000 }, (_, place) => `["row ${place}"]\n`)
  const sent = `${rows.join('')}{"end":{}}\n`
  for (const size of [1_000, 65_536, 1_000_000]) {
    await engineThat((_request, response) => {
      for (let at = 0; at < sent.length; at += size) response.write(sent.slice(at, at + size))
      response.end()
    })
    expect((await read()) === sent).toBe(true)
  }
})

test('a run that does not say how it ended is not taken for whole, wherever it broke off', async () => {
  const whole = '["1"]\n["{\\"end\\":"]\n{"end":{}}\n'
  for (let length = 0; length < whole.length; length++) {
    await engineThat(dyingAfter(whole.slice(0, length)))
    await expect(read()).rejects.toMatchObject({ code: 'unavailable' })
  }
  // A file breaks off where it breaks off, and the reason follows there.
  for (const told of [whole, '["1"]\nPAR1\0{"error":{"code":"internal"}}\n', '{"error":{}}\n']) {
    await engineThat(dyingAfter(told))
    expect(await read()).toBe(told)
  }
})

test('what the engine refuses comes with its reason, and a caller who leaves is heard of', async () => {
  await engineThat((_request, response) => {
    response.writeHead(409, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: 'credential_locked', message: 'Locked.' }))
  })
  await expect(read()).rejects.toMatchObject({ code: 'credential_locked', message: 'Locked.' })
  const left = Promise.withResolvers<void>()
  await engineThat((_request, response) => {
    response.on('close', left.resolve)
    response.write('["1"]\n')
  })
  const abort = new AbortController()
  const reading = read(abort.signal)
  setTimeout(() => abort.abort(), 200)
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
  await left.promise
})
