import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import { Client } from 'pg'
import { startEmbedded } from '#lib/db/embedded'
import { createRunnerPool, type RunnerPool } from '#lib/runner/pool'
import { startProduct } from '../e2e/fixtures/product.ts'
import { fillEvents } from './events.ts'
import { type Figure, median } from './harness.ts'

const rows = Number(process.env.BENCH_ROWS ?? 1_000_000)
const rounds = 5
const sql = 'select * from events order by id'
const shortRows = 100
const shortQueries = 30

/** A large result as NDJSON, beside the least a program in Node can do: one pass over the bytes of a bare socket, in turn. */
export const run = async (): Promise<Figure[]> => {
  const home = mkdtempSync(path.join(tmpdir(), 'jackfield-bench-'))
  const given = process.env.BENCH_DATABASE_URL
  const server = given
    ? undefined
    : await startEmbedded({ home, name: 'database', port: 0, durable: false, settings: { shared_buffers: '512MB' } })
  const url = new URL(given ?? server?.adminUrl() ?? '')
  const policy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
  const pool = createRunnerPool({ max: 1, policy, log: console.error })
  const env = { JACKFIELD_HOME: path.join(home, 'home'), NODE_ENV: 'production' }
  const product = await startProduct(env)
  try {
    await fillEvents(url, rows)
    return await measure(url, pool, await openSource(url, product.url, env))
  } finally {
    await pool.stop()
    await product.stop()
    await server?.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

interface Reading {
  first: number
  total: number
}

type ThroughApi = (limit: number) => Promise<Reading>

const measure = async (url: URL, pool: RunnerPool, throughApi: ThroughApi): Promise<Figure[]> => {
  const ours: Reading[] = []
  const clients: Reading[] = []
  const floor: Reading[] = []
  const cold = await throughRunner(url, pool)
  const coldProduct = await throughApi(shortRows)
  // The product as it is after some minutes of use, like the bare way, which this process has warmed up as well.
  for (let count = 0; count < shortQueries; count++) await throughApi(shortRows)
  for (let round = 0; round <= rounds; round++) {
    const [one, client, other] = [await throughRunner(url, pool), await throughApi(rows), await bare(url)]
    if (round === 0) continue
    ours.push(one)
    clients.push(client)
    floor.push(other)
  }
  const of = (list: Reading[], key: keyof Reading) => list.map((reading) => reading[key])
  const gap = (list: Reading[]) => [median(of(list, 'first')) - median(of(floor, 'first'))]
  const whole = { name: 'one pass over a bare socket', values: of(floor, 'total') }
  const first = { name: 'bare', values: of(floor, 'first') }
  // 70 % of its rate.
  const limit = { kind: 'ratio', max: 1 / 0.7 } as const
  const soon = { kind: 'value', max: 30 } as const
  return [
    {
      name: `${rows} rows × 10 columns as NDJSON, through a runner`,
      unit: 'ms',
      ours: of(ours, 'total'),
      floor: whole,
      limit,
    },
    { name: 'the same to a client of the API', unit: 'ms', ours: of(clients, 'total'), floor: whole, limit },
    { name: 'the first row through a runner, login included', unit: 'ms', ours: of(ours, 'first'), floor: first },
    { name: 'what it comes later than bare', unit: 'ms', ours: gap(ours), limit: soon },
    { name: 'the first row to a client of the API', unit: 'ms', ours: of(clients, 'first'), floor: first },
    { name: 'what it comes later than bare', unit: 'ms', ours: gap(clients), limit: soon },
    { name: 'the first row of a runner that has run nothing yet', unit: 'ms', ours: [cold.first] },
    { name: 'the same to a client of a product that has run nothing yet', unit: 'ms', ours: [coldProduct.first] },
  ]
}

const throughRunner = async (url: URL, pool: RunnerPool): Promise<Reading> => {
  const began = performance.now()
  const limits = { rows: rows + 1, bytes: 1e10, cell_bytes: 1e6, columns: 1_000, timeout_ms: 600_000 }
  const job = pool.run(
    {
      connector: 'postgres',
      config: {
        host: url.hostname,
        port: Number(url.port),
        database: url.pathname.slice(1),
        schema: 'public',
        ssl_mode: 'disable',
      },
      credential: {
        kind: 'database.password',
        username: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
      },
      job: { capability: 'query', request: { sql, parameters: [], mode: 'read', limits } },
      limits: { connect_ms: 10_000, tls_ms: 5_000, auth_ms: 10_000, total_ms: 600_000, bytes: 1e10 },
    },
    { signal: new AbortController().signal },
  )
  let first = 0
  let lines = 0
  for await (const bytes of job) {
    const count = countLines(bytes)
    lines += count
    // The head alone is no row.
    if (first === 0 && lines > 1) first = performance.now() - began
  }
  const end = await job.end
  if (end.error || lines !== rows + 2) throw new Error(`${lines} lines, ${end.error?.message}`)
  return { first, total: performance.now() - began }
}

/** Makes the database a data source of a product that runs, and says how a client reads all of it. */
const openSource = async (
  { hostname, port, pathname, username, password }: URL,
  address: string,
  env: Record<string, string>,
): Promise<ThroughApi> => {
  const admin = (...args: string[]) =>
    execFileSync(process.execPath, ['scripts/admin.ts', ...args], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
      input: `${randomBytes(12).toString('hex')}\n`,
    })
  admin('owner', 'create', '--email', 'bench@example.com', '--name', 'Bench')
  const scopes = 'connections:write,credentials:write,data-sources:read,data-sources:query,data-sources:configure'
  const key = admin('api-key', 'create', '--name', 'bench', '--scopes', scopes).trim().split('\n').at(-1) ?? ''
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const call = async (method: string, where: string, body: object) => {
    const answer = await fetch(`${address}${where}`, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(await answer.text())
  }
  const login = { username: decodeURIComponent(username), password: decodeURIComponent(password) }
  const place = { host: hostname, port: Number(port), database: pathname.slice(1), ssl_mode: 'disable' }
  const source = { conn_id: 'events', name: 'Events', type: 'postgres', config: place, credential: { config: login } }
  await call('POST', '/api/connections', source)
  await call('PUT', '/api/data-sources/events/configuration', { limits: { rows: 1_000_000, bytes: 1024 ** 3 } })
  return (limit) => readAll(`${address}/api/data-sources/events/queries`, headers, limit)
}

const readAll = (address: string, headers: Record<string, string>, limit: number): Promise<Reading> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    let first = 0
    let lines = 0
    const request = http.request(address, { method: 'POST', headers }, (response) => {
      response.on('data', (bytes: Uint8Array) => {
        lines += countLines(bytes)
        if (first === 0 && lines > 1) first = performance.now() - began
      })
      response.on('end', () => {
        if (lines === limit + 2) resolve({ first, total: performance.now() - began })
        else reject(new Error(`${response.statusCode}, ${lines} lines`))
      })
    })
    request.on('error', reject)
    request.end(JSON.stringify({ sql: limit < rows ? `${sql} limit ${limit}` : sql }))
  })

const countLines = (bytes: Uint8Array): number => {
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1
  return lines
}

/** Takes pg's socket over after the login, cuts messages in one loop and turns rows into lines in a buffer that is thrown away. */
const bare = async (url: URL): Promise<Reading> => {
  const began = performance.now()
  const client = new Client({ connectionString: url.href })
  await client.connect()
  client.on('error', () => {})
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection
  stream.removeAllListeners('data')
  const write = createLines()
  let first = 0
  let count = 0
  let rest: Buffer | undefined
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      const bytes = rest ? Buffer.concat([rest, chunk]) : chunk
      let at = 0
      rest = undefined
      while (bytes.length - at >= 5) {
        const end = at + 1 + bytes.readInt32BE(at + 1)
        if (end > bytes.length) break
        const type = bytes[at]
        if (type === 68) {
          first ||= performance.now() - began
          count += 1
          write(bytes, at + 5)
        } else if (type === 90) resolve()
        else if (type === 69) reject(new Error(bytes.toString('utf8', at + 5, end)))
        at = end
      }
      if (at < bytes.length) rest = bytes.subarray(at)
    })
    const text = Buffer.from(`${sql}\0`)
    const head = Buffer.alloc(5)
    head.write('Q')
    head.writeInt32BE(4 + text.length, 1)
    stream.write(Buffer.concat([head, text]))
  })
  stream.destroy()
  if (count !== rows) throw new Error(`${count} rows`)
  return { first, total: performance.now() - began }
}

const bufferBytes = 1 << 20

/** As little as it takes: what is a number stays one, everything else is quoted. */
const createLines = () => {
  const ways = [1, 1, 0, 0, 1, 0, 2, 0, 1, 0]
  const out = Buffer.allocUnsafe(bufferBytes)
  let end = 0
  return (bytes: Buffer, start: number) => {
    let at = start + 2
    if (end > bufferBytes - 65_536) end = 0
    out[end++] = 91
    for (let column = 0; column < ways.length; column++) {
      const length = bytes.readInt32BE(at)
      at += 4
      if (column > 0) out[end++] = 44
      if (length < 0) {
        end += out.write('null', end, 'latin1')
        continue
      }
      if (ways[column] === 1) for (let place = at; place < at + length; place++) out[end++] = bytes[place] ?? 0
      else if (ways[column] === 2) end += out.write(bytes[at] === 116 ? 'true' : 'false', end, 'latin1')
      else {
        out[end++] = 34
        for (let place = at; place < at + length; place++) {
          const byte = bytes[place] ?? 0
          if (byte === 34 || byte === 92) {
            out[end++] = 92
            out[end++] = byte
          } else if (byte < 32) end += out.write(`\\u00${byte < 16 ? '0' : ''}${byte.toString(16)}`, end, 'latin1')
          else out[end++] = byte
        }
        out[end++] = 34
      }
      at += length
    }
    out[end++] = 93
    out[end++] = 10
  }
}
