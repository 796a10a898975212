import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { canonicalText, type EventText, emptyHead, type Head, macAfter, originMac } from '#lib/audit/chain'
import { deriveAuditKeys } from '#lib/audit/keys'
import { record } from '#lib/audit/record'
import { resetEnv } from '#lib/config/env'
import { newId } from '#lib/core/id'
import { createLog } from '#lib/core/log'
import { connect, db, disconnect } from '#lib/db/client'
import { startEmbedded } from '#lib/db/embedded'
import { transaction } from '#lib/db/transaction'
import { type AuditKeeper, keepAudit } from '#lib/engine/audit'
import { openDatabase, prepareSchema } from '#lib/supervisor/database'
import { alternate, type Figure, quantile, timed } from './harness.ts'

const events = Number(process.env.BENCH_EVENTS ?? 1_000_000)
const [writers, each] = [200, 50]
const chain = 'ws_bench'
const busyChain = 'ws_busy'
const key = randomBytes(32)

/** What the trail costs: a write with its event, many writers at once, and the verification of a million events. */
export const run = async (): Promise<Figure[]> => {
  const home = mkdtempSync(path.join(tmpdir(), 'jackfield-bench-'))
  const database = await startEmbedded({ home, name: 'database', port: 0 })
  try {
    const addresses = await openDatabase(database.adminUrl())
    await prepareSchema(addresses)
    process.env.DATABASE_URL = addresses.app
    resetEnv()
    const keeper = keepAudit({ home, key, log: createLog('engine', { level: 'silent' }) })
    return [...(await writes()), ...(await crowd(keeper, home)), ...(await million(keeper, addresses.owner))]
  } finally {
    await disconnect()
    await database.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

const writes = async (): Promise<Figure[]> => {
  await db().organization.create({ data: { id: 'org_bench', name: 'Bench' } })
  const update = (event: boolean) =>
    transaction(async (tx) => {
      await tx.organization.update({ where: { id: 'org_bench' }, data: { name: newId('request') } })
      if (event) await record(tx, entry(chain))
    })
  const { ours, floor } = await alternate(
    1_000,
    () => update(true),
    () => update(false),
  )
  return [
    { name: 'A write with its event', unit: 'ms', ours, floor: { name: 'the same write without', values: floor } },
    {
      name: 'What the event adds at p95',
      unit: 'ms',
      ours: [quantile(ours, 0.95) - quantile(floor, 0.95)],
      limit: { kind: 'value', max: 5 },
    },
  ]
}

const crowd = async (keeper: AuditKeeper, home: string): Promise<Figure[]> => {
  const second = keepAudit({ home, key, log: createLog('engine', { level: 'silent' }) })
  keeper.start()
  second.start()
  // As many connections as a handful of web processes have.
  const clients = Array.from({ length: 5 }, () => connect(process.env.DATABASE_URL))
  const took: number[] = []
  const total = await timed(async () => {
    const write = async (writer: number) => {
      const client = clients[writer % clients.length] ?? db()
      for (let n = 0; n < each; n++) took.push(await timed(() => record(client, entry(busyChain))))
    }
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
    while ((await db().auditPending.count()) > 0) await sleep(20)
  })
  await Promise.all([keeper.stop(), second.stop(), ...clients.map((client) => client.$disconnect())])
  await verified(keeper, busyChain, writers * each)
  return [
    { name: `${writers} writers at once, until all is sealed, per event`, unit: 'ms', ours: [total / took.length] },
    { name: `One event among ${writers} writers, p95`, unit: 'ms', ours: [quantile(took, 0.95)] },
  ]
}

const million = async (keeper: AuditKeeper, url: string): Promise<Figure[]> => {
  const filled = await fill(url)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const before = process.cpuUsage()
  const took = await timed(() => verified(keeper, chain, filled))
  const { user, system } = process.cpuUsage(before)
  delay.disable()
  return [
    {
      name: `Verification of ${filled.toLocaleString('en')} events`,
      unit: 's',
      ours: [took / 1_000],
      limit: { kind: 'value', max: 60 },
    },
    { name: 'Processor time of the engine for it', unit: 's', ours: [(user + system) / 1e6] },
    { name: 'Longest other requests of the engine waited for it', unit: 'ms', ours: [delay.max / 1e6] },
  ]
}

const verified = async (keeper: AuditKeeper, name: string, expected: number): Promise<void> => {
  for await (const line of keeper.verify([name])) {
    if (!('end' in line)) continue
    const [report] = line.end.chains
    if (!line.end.ok || report?.events !== expected) throw new Error(`not whole: ${JSON.stringify(line.end)}`)
  }
}

/** A real chain, with the MACs that processes and the sealer make, put in by the thousand. Answers its length. */
const fill = async (url: string): Promise<number> => {
  const keys = deriveAuditKeys(key)
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('set synchronous_commit = off')
  const before = await client.query('select seq, mac from audit_seals where chain = $1 order by seq desc limit 1', [
    chain,
  ])
  let head: Head = before.rows[0] ? { seq: BigInt(before.rows[0].seq), mac: before.rows[0].mac } : emptyHead
  while (head.seq < events) {
    const rows = Array.from({ length: 5_000 }, (_, n) => {
      const event = eventAt(Number(head.seq) + n)
      const canonical = canonicalText(event)
      head = { seq: head.seq + 1n, mac: macAfter(keys.chain, head, chain, canonical) }
      return { ...event, origin: hex(originMac(keys.origin, canonical)), seq: String(head.seq), mac: hex(head.mac) }
    })
    await client.query(insert, [JSON.stringify(rows)])
  }
  await client.query('vacuum analyze audit_events')
  await client.query('vacuum analyze audit_seals')
  await client.end()
  return Number(head.seq)
}

const insert = `with r as materialized (select * from jsonb_to_recordset($1::jsonb) as r(id text, at timestamptz, "workspaceId" text, event text,
    outcome text, "actorKind" text, "actorId" text, "actorName" text, ip text, "userAgent" text, "targetType" text,
    "targetId" text, "targetName" text, "requestId" text, details jsonb, origin text, seq bigint, mac text)),
  written as (insert into audit_events (id, workspace_id, at, event, outcome, actor_kind, actor_id, actor_name, ip,
      user_agent, target_type, target_id, target_name, request_id, details, origin)
    select id, "workspaceId", at, event, outcome, "actorKind", "actorId", "actorName", ip, "userAgent", "targetType",
      "targetId", "targetName", "requestId", details, decode(origin, 'hex') from r)
  insert into audit_seals (chain, seq, event_id, mac) select '${chain}', seq, id, decode(mac, 'hex') from r`

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const start = Date.UTC(2026, 0, 1)

/** As an ordinary change of a connection reads. */
const eventAt = (n: number): EventText => ({
  id: newId('event'),
  workspaceId: chain,
  at: new Date(start + n * 25).toISOString(),
  event: 'connection.updated',
  outcome: 'success',
  actorKind: 'user',
  actorId: `usr_${n % 50}`,
  actorName: 'Ada Lovelace',
  ip: '192.0.2.17',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
  targetType: 'connection',
  targetId: `conn_${n % 900}`,
  targetName: `Orders ${n % 900}`,
  requestId: newId('request'),
  details: {
    changed: ['host', 'password'],
    before: { host: `db-${n}.example.com`, port: 5432 },
    after: { host: `db-${n + 1}.example.com`, port: 5432 },
  },
})

const entry = (workspaceId: string) =>
  ({
    actor: { kind: 'user', id: 'usr_1', name: 'Ada', workspaceId, ip: '192.0.2.17' },
    event: 'organization.updated',
    outcome: 'success',
    subject: { type: 'organization', id: 'org_bench', details: { changed: ['name'], before: { name: 'a' } } },
  }) as const
