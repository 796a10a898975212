import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { callApi, onSignInNeeded, streamApi, withQuery } from './api.ts'
import { ApiError, isAborted } from './problem.ts'

let server: Server | undefined

const serve = async (listener: RequestListener): Promise<string> => {
  const started = createServer(listener)
  server = started
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done))
  const address = started.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  return `http://127.0.0.1:${address.port}`
}

const errorOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

test('an answer carries data, meta and the version to send back', async () => {
  const base = await serve((request, response) => {
    response
      .setHeader('etag', '"7"')
      .end(JSON.stringify({ data: { sent: request.headers['if-match'] }, meta: { n: 1 } }))
  })
  const answer = await callApi<{ sent: string }>(`${base}/x`, { method: 'PATCH', body: {}, ifMatch: '"6"' })
  expect(answer).toEqual({ data: { sent: '"6"' }, meta: { n: 1 }, etag: '"7"' })
})

test('a problem document becomes one error with its sentence and its fields', async () => {
  const base = await serve((_, response) => {
    response.writeHead(400, { 'content-type': 'application/problem+json' })
    response.end(
      JSON.stringify({
        code: 'invalid_request',
        title: 'Some fields are not valid',
        detail: 'A port is a number from 1 to 65535.',
        errors: [
          { pointer: '/config/port', message: 'A port is a number from 1 to 65535.' },
          { pointer: '/config/port', message: 'second' },
          { nonsense: true },
        ],
      }),
    )
  })
  const error = await errorOf(callApi(`${base}/x`))
  if (!(error instanceof ApiError)) throw new Error('expected an ApiError')
  expect(error.message).toBe('A port is a number from 1 to 65535.')
  expect(error.code).toBe('invalid_request')
  expect([...error.fields]).toEqual([['/config/port', 'A port is a number from 1 to 65535.']])
})

test('an HTML page of a proxy still becomes a sentence', async () => {
  const base = await serve((_, response) => response.writeHead(502).end('<html>Bad gateway</html>'))
  expect(await errorOf(callApi(`${base}/x`))).toMatchObject({ message: expect.stringContaining('502') })
})

test('a server that is not there is told apart from one that refuses', async () => {
  expect(await errorOf(callApi('http://127.0.0.1:9/x'))).toMatchObject({ code: 'offline' })
})

test('lines arrive as they are written, even cut inside a character', async () => {
  const bytes = Buffer.from('{"a":"é"}\n\n{"a":2}\n{"a":3}')
  const base = await serve(async (_, response) => {
    for (const part of [bytes.subarray(0, 7), bytes.subarray(7, 14), bytes.subarray(14)]) {
      response.write(part)
      await new Promise((done) => setTimeout(done, 20))
    }
    response.end()
  })
  const lines: unknown[] = []
  for await (const line of streamApi(`${base}/x`)) lines.push(line)
  expect(lines).toEqual([{ a: 'é' }, { a: 2 }, { a: 3 }])
})

test('aborting a stream ends the request and is not reported as a failure', async () => {
  const closed = Promise.withResolvers<void>()
  const base = await serve((request, response) => {
    request.on('close', () => closed.resolve())
    response.write('{"a":1}\n')
  })
  const abort = new AbortController()
  const read = async () => {
    for await (const _ of streamApi(`${base}/x`, { signal: abort.signal })) abort.abort()
  }
  expect(isAborted(await errorOf(read()))).toBe(true)
  await closed.promise
})

test('a query leaves out what was not given', () => {
  expect(withQuery('/a', { q: 'x&y', role: undefined, n: 0, empty: '' })).toBe('/a?q=x%26y&n=0')
})

test('a call that needs a fresh sign-in asks for it once and is then sent again, exactly as it was', async () => {
  const got: string[] = []
  let isConfirmed = false
  const base = await serve(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    got.push(body)
    if (isConfirmed) return response.end(JSON.stringify({ data: 'done' }))
    response.writeHead(403).end(JSON.stringify({ code: 'reauth_required', detail: 'Confirm that it is you.' }))
  })
  const call = () => callApi(`${base}/x`, { method: 'POST', body: { typed: 'a long form' } })
  expect(String(await errorOf(call()))).toContain('Confirm that it is you.')
  const takeBack = onSignInNeeded('reauth_required', async () => isConfirmed)
  expect(String(await errorOf(call()))).toContain('Confirm that it is you.')
  takeBack()
  onSignInNeeded('reauth_required', async () => (isConfirmed = true))
  expect((await call()).data).toBe('done')
  expect(got).toEqual(Array(4).fill('{"typed":"a long form"}'))
})

test('a call whose session has ended waits for a sign-in and is sent once more, with what was typed', async () => {
  let isSignedIn = false
  const got: string[] = []
  const base = await serve(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    got.push(body)
    if (isSignedIn) return response.end('{"stage":{}}\n')
    response.writeHead(401).end(JSON.stringify({ code: 'unauthorized', detail: 'Sign in.' }))
  })
  const takeBack = onSignInNeeded('unauthorized', async () => (isSignedIn = true))
  const lines: unknown[] = []
  for await (const line of streamApi(`${base}/test`, { method: 'POST', body: { password: 'typed' } })) lines.push(line)
  takeBack()
  expect(lines).toEqual([{ stage: {} }])
  expect(got).toEqual(Array(2).fill('{"password":"typed"}'))
})
