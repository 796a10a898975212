import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { resetEnv } from '#lib/config/env'
import { newId } from '#lib/core/id'
import { listCachedRelations } from '#lib/data-sources/cache-store'
import { searchRelations } from '#lib/data-sources/search-store'
import { db, disconnect } from '#lib/db/client'
import { startEmbedded } from '#lib/db/embedded'
import { transaction } from '#lib/db/transaction'
import { announceChanges } from '#lib/engine/announce-store'
import {
  createWorkspace,
  storeTestConnection,
  storeTestCredential,
  type TestWorkspace,
  ticketOf,
} from '#lib/engine/testing/harness'
import { originKeyOf } from '#lib/supervisor/audit-key'
import { openDatabase, prepareSchema } from '#lib/supervisor/database'
import { packedEverything, tables } from './discovery.ts'
import { makeCatalog } from './fixture.ts'
import { type Figure, memoryMiB, quantile, timed } from './harness.ts'

const rounds = tables > 20_000 ? 3 : 7

/**
 * `BENCH_TABLES=50000 npm run bench -- refresh` for more tables than 10,000.
 *
 * Reading a large catalog into the cache, from the engine's claim to the commit of its end, beside bare `pg` in turn.
 */
export const run = async (): Promise<Figure[]> => {
  const home = mkdtempSync(path.join(tmpdir(), 'jackfield-bench-'))
  const settings = { shared_buffers: '512MB', max_locks_per_transaction: '20000', jit: 'off' }
  const server = await startEmbedded({ home, name: 'target', port: 0, durable: false, settings })
  // Its own database is refused as a target, so it is a server of its own here as well.
  const own = await startEmbedded({ home, name: 'database', port: 0, durable: false })
  let engine: ChildProcess | undefined
  try {
    const target = new URL(server.adminUrl())
    target.pathname = `/${await makeCatalog(target, { tables })}`
    const addresses = await openDatabase(own.adminUrl())
    await prepareSchema(addresses)
    const env = {
      DATABASE_URL: addresses.app,
      JACKFIELD_HOME: home,
      JACKFIELD_ENGINE_SOCKET: path.join(home, 's', 'e.sock'),
      JACKFIELD_ENGINE_TOKEN: randomBytes(24).toString('hex'),
      JACKFIELD_AUDIT_ORIGIN_KEY: await originKeyOf(home),
      JACKFIELD_EGRESS_ALLOW_LOOPBACK: 'true',
      JACKFIELD_LOG_LEVEL: 'error',
    }
    Object.assign(process.env, env)
    resetEnv()
    engine = await startEngine(env)
    return await measure(target, await createWorkspace(), engine.pid ?? 0)
  } finally {
    engine?.kill()
    await disconnect()
    await own.stop()
    await server.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

const startEngine = async (env: Record<string, string>): Promise<ChildProcess> => {
  const main = path.join(import.meta.dirname, '../lib/engine/main.ts')
  const engine = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await new Promise((resolve) => engine.once('message', resolve))
  return engine
}

const measure = async (target: URL, workspace: TestWorkspace, enginePid: number): Promise<Figure[]> => {
  const client = new Client({ connectionString: target.href })
  // What ends it early is said by whoever ends it.
  client.on('error', () => {})
  await client.connect()
  const bare = (text: string) => timed(() => bareQuery(target, text))
  const first: Pair = { ours: [], floor: [] }
  let connectionId = ''
  let memory = 0
  for (let round = 0; round < Math.min(rounds, 4); round++) {
    connectionId = await connectionTo(target, workspace)
    // Looking costs time, so only the round that does not count is looked at.
    const watch = round === 0 ? setInterval(() => (memory = Math.max(memory, memoryMiB(enginePid))), 200) : undefined
    const took = await refresh(connectionId, workspace)
    clearInterval(watch)
    push(first, round, took, await bare(packedEverything))
  }
  const changed: Pair = { ours: [], floor: [] }
  const announced: number[] = []
  for (let round = 0; round <= rounds; round++) {
    await alterOnePercent(client, round)
    push(changed, round, await refresh(connectionId, workspace), await bare(packedEverything))
    announced.push(await announceAgain(connectionId, workspace))
  }
  const same: Pair = { ours: [], floor: [] }
  for (let round = 0; round <= rounds; round++) {
    push(same, round, await refresh(connectionId, workspace), await bare(plainFingerprint))
  }
  await client.end()
  const search = await searchTimes(workspace, connectionId)
  const what = `${tables} tables × 20 columns`
  const packed = (values: number[]) => ({ name: 'one packed catalog query through bare pg', values })
  return [
    { name: `refresh: the first of ${what}`, unit: 'ms', ours: first.ours, floor: packed(first.floor) },
    {
      name: `refresh: ${what}, 1 % changed`,
      unit: 'ms',
      ours: changed.ours,
      floor: packed(changed.floor),
      limit: { kind: 'ratio', max: 1.5 },
    },
    {
      name: `refresh: ${what}, nothing changed`,
      unit: 'ms',
      ours: same.ours,
      floor: { name: 'counts and sums of xmin of the catalogs through bare pg', values: same.floor },
      limit: { kind: 'ratio', max: 1.3 },
    },
    {
      name: `search among ${tables} tables with their columns, p99`,
      unit: 'ms',
      ours: [quantile(search.all, 0.99)],
      limit: { kind: 'value', max: 150 },
    },
    { name: `search of a schema’s list, p99`, unit: 'ms', ours: [quantile(search.list, 0.99)] },
    { name: 'of the refresh with 1 % changed: finding and announcing what is different', unit: 'ms', ours: announced },
    { name: 'memory of engine and runners at most in the first refresh', unit: 'MiB', ours: [memory] },
  ]
}

interface Pair {
  ours: number[]
  floor: number[]
}

const plainFingerprint = `select concat_ws(',', ${[
  'pg_class',
  'pg_attribute where attnum > 0',
  'pg_attrdef',
  'pg_constraint',
  'pg_index',
  'pg_inherits',
  'pg_description',
  'pg_namespace',
  'pg_proc',
  'pg_type',
  'pg_enum',
  'pg_extension',
  'pg_rewrite',
]
  .map((catalog) => `(select count(*) || ':' || coalesce(sum(xmin::text::int8), 0) from ${catalog})`)
  .join(', ')})`

/** The first round warms both up. */
const push = (pair: Pair, round: number, ours: number, floor: number): void => {
  if (round === 0) return
  pair.ours.push(ours)
  pair.floor.push(floor)
}

const bareQuery = async (target: URL, text: string): Promise<void> => {
  const client = new Client({ connectionString: target.href })
  await client.connect()
  await client.query({ text, rowMode: 'array' })
  await client.end()
}

const connectionTo = async (target: URL, workspace: TestWorkspace): Promise<string> => {
  const [host, port] = [target.hostname, Number(target.port)]
  const config = { host, port, database: target.pathname.slice(1), schema: 'public', ssl_mode: 'disable' }
  const credentialId = await storeTestCredential(
    workspace,
    { password: decodeURIComponent(target.password) },
    {
      meta: { username: decodeURIComponent(target.username) },
      destination: { scheme: 'postgresql', host, port, tls: 'disable' },
    },
  )
  return storeTestConnection(workspace, credentialId, config)
}

const refresh = async (connectionId: string, workspace: TestWorkspace): Promise<number> => {
  const ticket = ticketOf(workspace, { event: 'data_source.refreshed', permission: 'data-sources:read' })
  const id = newId('refresh')
  const { workspaceId } = workspace
  await db().sourceRefresh.create({
    data: { id, workspaceId, connectionId, trigger: 'manual', requestedBy: 'usr_1', ticket },
  })
  for (;;) {
    const row = await db().sourceRefresh.findFirstOrThrow({ where: { id } })
    if (row.status === 'failed') throw new Error(JSON.stringify(row.problem))
    if (row.endedAt && row.startedAt) return row.endedAt.getTime() - row.startedAt.getTime()
    await sleep(100)
  }
}

/** What the end of the last refresh did, done once more and taken back. */
const announceAgain = async (connectionId: string, { workspaceId }: TestWorkspace): Promise<number> => {
  const [last, before] = await db().sourceRefresh.findMany({
    where: { connectionId },
    orderBy: { id: 'desc' },
    take: 2,
  })
  if (!last?.startedAt || !before?.startedAt) throw new Error('there are no two refreshes')
  const announcedAt = before.startedAt
  const refreshed = { id: last.id, workspaceId, connectionId, startedAt: last.startedAt.toISOString() }
  let took = 0
  const isTakenBack = new Error('taken back')
  const work = transaction(async (tx) => {
    await tx.sourceCache.updateMany({ where: { connectionId }, data: { announcedAt } })
    took = await timed(() => announceChanges(tx, refreshed))
    throw isTakenBack
  })
  await work.catch((error: unknown) => {
    if (error !== isTakenBack) throw error
  })
  return took
}

const alterOnePercent = async (client: Client, round: number): Promise<void> => {
  for (let number = 0; number < tables; number += 100) {
    await client.query(`alter table area_${number % 20}.table_${number} add column added_${round} int`)
  }
}

const words = ['table_4', 'column_3', 'number 77', 'third column of 9', 'nothing like it', '_999', 'parent']

const searchTimes = async ({ workspaceId }: TestWorkspace, connectionId: string) => {
  const times = { all: [] as number[], list: [] as number[] }
  for (let count = 0; count < 150; count++) {
    const q = `${words[count % words.length]}`
    times.all.push(
      await timed(() =>
        searchRelations(db(), workspaceId, { connectionId, q, limit: 51, isOfAllTypes: true, isNamesOnly: false }),
      ),
    )
    const schema = `area_${count % 20}`
    const filter = { connectionId, schema, q, limit: 201, detail: 'names' } as const
    times.list.push(await timed(() => listCachedRelations(db(), workspaceId, filter)))
  }
  return times
}
