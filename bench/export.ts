import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { startProduct } from '../e2e/fixtures/product.ts'
import { startEmbedded } from '../lib/db/embedded.ts'
import { fillEvents } from './events.ts'
import type { Figure } from './harness.ts'
import { type Part, watchWeight, weigh } from './processes.ts'
import { type Call, callWith, createKey, createOwner, createSource } from './workspace.ts'

const million = Number(process.env.BENCH_ROWS ?? 1_000_000)
const times = 10

/** Exports of large results through the whole product, and what its processes weigh meanwhile, beside a bare COPY. */
export const run = async (): Promise<Figure[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-bench-'))
  const settings = { shared_buffers: '512MB' }
  const target = await startEmbedded({ home: folder, name: 'target', port: 0, durable: false, settings })
  const env = { JACKFIELD_HOME: path.join(folder, 'home'), NODE_ENV: 'production' }
  const url = new URL(target.adminUrl())
  await fillEvents(url, million)
  const product = await startProduct(env)
  try {
    createOwner(env)
    const scopes = 'connections:read,connections:write,credentials:write,data-sources:read,data-sources:query'
    const call = callWith(product.url, createKey(env, scopes))
    const exporter = { call, source: await createSource(call, url), pid: product.pid }
    // What a first export loads lazily is no growth of the second.
    await exportAs(exporter, 'csv', 'select * from events limit 1000')
    const large = `select e.* from events e cross join generate_series(1, ${times})`
    return [
      ...figuresOf(`${times * million} rows as CSV`, {
        ours: await exportAs(exporter, 'csv', large),
        copy: await copy(url, large),
      }),
      ...figuresOf(`${million} rows as NDJSON`, { ours: await exportAs(exporter, 'ndjson', 'select * from events') }),
      ...figuresOf(`${million} rows as Parquet`, { ours: await exportAs(exporter, 'parquet', 'select * from events') }),
    ]
  } finally {
    await product.stop()
    await target.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Reading {
  rows: number
  bytes: number
  ms: number
}
type Weighed = Reading & { before: Record<Part, number>; most: Record<Part, number> }

const figuresOf = (what: string, { ours, copy }: { ours: Weighed; copy?: Reading }): Figure[] => {
  const size = `${what}, ${Math.round(ours.bytes / 1e6)} MB`
  const floor = copy && { name: `bare COPY, ${Math.round(copy.bytes / 1e6)} MB`, values: [copy.ms / 1000] }
  const { before, most } = ours
  const within = (max: number) => ({ kind: 'value' as const, max })
  return [
    { name: `Export of ${size}`, unit: 's', ours: [ours.ms / 1000], ...(floor && { floor }) },
    { name: 'rows a second', unit: '', ours: [(ours.rows / ours.ms) * 1000] },
    { name: 'the runner at most (PSS)', unit: 'MiB', ours: [most.runner], limit: within(256) },
    { name: 'what web grew by', unit: 'MiB', ours: [most.web - before.web], limit: within(32) },
    { name: 'what the engine grew by', unit: 'MiB', ours: [most.engine - before.engine] },
  ]
}

interface Exporter {
  call: Call
  source: string
  pid: number
}

const exportAs = async ({ call, source, pid }: Exporter, format: string, sql: string): Promise<Weighed> => {
  await sleep(3_000)
  const before = weigh(pid)
  const stop = watchWeight(pid)
  const began = performance.now()
  const prepared = await call('POST', `/api/data-sources/${source}/exports`, { sql, format })
  const { data } = (await prepared.json()) as { data: { id: string; download: string } }
  const file = await call('GET', data.download)
  let bytes = 0
  for await (const chunk of file.body ?? []) bytes += chunk.length
  const ms = performance.now() - began
  const ended = (await (await call('GET', `/api/queries/${data.id}`)).json()) as {
    data: { status: string; rows: number }
  }
  if (ended.data.status !== 'done') throw new Error(`The export ended as ${ended.data.status}.`)
  return { rows: ended.data.rows, bytes, ms, before, most: stop() }
}

const [copied, ready, failed] = [0x64, 0x5a, 0x45]

/** Takes pg's socket over after the login and throws away what comes. */
const copy = async (url: URL, sql: string): Promise<Reading> => {
  const client = new Client({ connectionString: url.href })
  await client.connect()
  client.on('error', () => {})
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection
  stream.removeAllListeners('data')
  const began = performance.now()
  const reading = { rows: 0, bytes: 0, ms: 0 }
  let rest: Buffer = Buffer.alloc(0)
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      let at = 0
      for (; bytes.length - at >= 5; ) {
        const end = at + 1 + bytes.readInt32BE(at + 1)
        if (end > bytes.length) break
        if (bytes[at] === copied) {
          reading.rows += 1
          reading.bytes += end - at - 5
        } else if (bytes[at] === ready) resolve()
        else if (bytes[at] === failed) reject(new Error(bytes.toString('utf8', at + 5, end)))
        at = end
      }
      rest = bytes.subarray(at)
    })
    const text = Buffer.from(`copy (${sql}) to stdout (format csv)\0`)
    const head = Buffer.alloc(5)
    head.write('Q')
    head.writeInt32BE(4 + text.length, 1)
    stream.write(Buffer.concat([head, text]))
  })
  stream.destroy()
  return { ...reading, ms: performance.now() - began }
}
