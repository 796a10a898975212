import { createServer, type ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { onSignInNeeded } from '#lib/client/api'
import { createResultStore, type ResultState, type ResultStore } from './result-store.ts'

const head = { query_id: 'qry_1', columns: [{ name: 'n', type: 'int4', kind: 'integer' }], columns_left_out: 2 }
const done = { rows: 2, truncated: null, cells_cut: 0, affected: null, command: 'SELECT', duration_ms: 3, notices: [] }

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

const serve = async (answer: (response: ServerResponse, call: string) => void): Promise<string> => {
  const server = createServer((request, response) => answer(response, `${request.method} ${request.url}`))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  stops.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  return `http://127.0.0.1:${address.port}`
}

const lines = (...all: unknown[]) => all.map((line) => `${JSON.stringify(line)}\n`).join('')

const until = (store: ResultStore, isSo: (state: ResultState) => boolean): Promise<ResultState> =>
  new Promise((resolve) => {
    const look = () => isSo(store.get()) && resolve(store.get())
    stops.push(store.subscribe(look))
    look()
  })

const runOn = async (text: string): Promise<ResultStore> => {
  const base = await serve((response) => response.end(text))
  const store = createResultStore()
  await store.run({ path: `${base}/x`, body: { sql: 'select 1' } })
  return store
}

test('rows are there while more are still coming, and the end says how many', async () => {
  let finish = () => {}
  const base = await serve((response) => {
    response.write(lines(head, [1]))
    finish = () => response.end(lines([null], done))
  })
  const store = createResultStore()
  const running = store.run({ path: `${base}/x`, body: { sql: '' } })
  const first = await until(store, ({ rows }) => rows === 1)
  expect(first).toMatchObject({ status: 'running', queryId: 'qry_1', columns: head.columns, columnsLeftOut: 2 })
  expect(store.row(0)).toEqual([1])
  finish()
  await running
  expect(store.get()).toMatchObject({ status: 'done', rows: 2, done })
  const read = store.row(1)
  expect(read).toEqual([null])
  expect(store.row(1)).toBe(read)
})

test('listeners hear of a flood of rows once per frame, not once per row', async () => {
  const store = createResultStore()
  let calls = 0
  store.subscribe(() => (calls += 1))
  const rows = Array.from({ length: 200_000 }, (_, n) => `[${n}]\n`).join('')
  const base = await serve((response) => response.end(lines(head) + rows + lines(done)))
  await store.run({ path: `${base}/x`, body: { sql: '' } })
  expect(store.get().rows).toBe(200_000)
  expect(calls).toBeLessThan(2_000)
})

test('what the server says of the statement comes with its place and its hint', async () => {
  const problem = {
    status: 422,
    code: 'unprocessable',
    detail: 'No column "x".',
    position: 7,
    sqlstate: '42703',
    hint: 'y?',
  }
  const { problem: got, status, rows } = (await runOn(lines(head, [1], { error: problem }))).get()
  expect([status, rows]).toEqual(['failed', 1])
  expect(got).toMatchObject({ message: 'No column "x".', problem: { position: 7, sqlstate: '42703', hint: 'y?' } })
})

test('a result that is broken off is never taken for a whole one', async () => {
  const cut = (await runOn(`${lines(head, [1])}[2`)).get()
  expect([cut.status, cut.problem?.message]).toEqual(['failed', expect.stringContaining('broke off')])
  const base = await serve((response) => {
    response.write(lines(head, [1]))
    setTimeout(() => response.destroy(), 50)
  })
  const store = createResultStore()
  await store.run({ path: `${base}/x`, body: { sql: '' } })
  expect(store.get()).toMatchObject({
    status: 'failed',
    rows: 1,
    problem: { message: expect.stringContaining('broke') },
  })
})

test('cancelling keeps what has come, tells the server, and closes the stream', async () => {
  const calls: string[] = []
  const closed = Promise.withResolvers<void>()
  const base = await serve((response, call) => {
    calls.push(call)
    if (call.startsWith('DELETE')) return response.end('{"data":{}}')
    response.on('close', () => closed.resolve())
    response.write(lines({ ...head, query_id: 'qry/2' }, [1], [2]))
  })
  const fetchBefore = globalThis.fetch
  globalThis.fetch = (path, init) => fetchBefore(new URL(String(path), base), init)
  stops.push(() => (globalThis.fetch = fetchBefore))
  const store = createResultStore()
  const running = store.run({ path: '/x', body: { sql: '' } })
  await until(store, ({ rows }) => rows === 2)
  store.cancel()
  await Promise.all([running, closed.promise])
  expect(store.get()).toMatchObject({ status: 'cancelled', rows: 2, problem: undefined })
  await expect.poll(() => calls).toEqual(['POST /x', 'DELETE /api/queries/qry%2F2'])
})

test('running again forgets the result before, and its late lines', async () => {
  const base = await serve((response, call) => {
    if (call.endsWith('/second')) return response.end(lines({ ...head, query_id: 'qry_2' }, [7], done))
    response.write(lines(head, [1], [2], [3]))
  })
  const store = createResultStore()
  const first = store.run({ path: `${base}/first`, body: { sql: '' } })
  await until(store, ({ rows }) => rows === 3)
  await Promise.all([first, store.run({ path: `${base}/second`, body: { sql: '' } })])
  expect(store.get()).toMatchObject({ status: 'done', queryId: 'qry_2', rows: 1 })
  expect(store.row(0)).toEqual([7])
})

test('a session that has ended is asked for and the statement sent again', async () => {
  let isSignedIn = false
  const base = await serve((response) => {
    if (isSignedIn) return response.end(lines(head, [1], done))
    response.writeHead(401).end(JSON.stringify({ code: 'unauthorized', detail: 'Sign in.' }))
  })
  stops.push(onSignInNeeded('unauthorized', async () => (isSignedIn = true)))
  const store = createResultStore()
  await store.run({ path: `${base}/x`, body: { sql: '' } })
  expect(store.get()).toMatchObject({ status: 'done', rows: 1 })
})

test('a plan is no table', async () => {
  const plan = { operation: 'Seq Scan', children: [] }
  const { status, plan: got, columns } = (await runOn(lines({ query_id: 'qry_3', plan, text: 'Seq Scan' }, done))).get()
  expect([status, got?.text, columns]).toEqual(['done', 'Seq Scan', undefined])
})
