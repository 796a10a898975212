import { createHash, randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '#lib/core/log'
import { connect, db } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { type AuditKeeper, keepAudit } from '#lib/engine/audit'
import { canonicalEvent } from './chain.ts'
import { record } from './record.ts'

const database = useTestDatabase()

const key = randomBytes(32)
let home: string
let lines: string[]
let keeper: AuditKeeper
let chain: string
let chains = 0

const open = (options: { checkpointMs?: number } = {}) => {
  const log = createLog('engine', { destination: { write: (line: string) => void lines.push(line) } })
  return keepAudit({ home, key, log, ...options })
}
const write = async (count: number, from = 1) => {
  for (let n = from; n < from + count; n++) {
    await record(db(), {
      actor: { kind: 'user', id: 'usr_1', name: 'Ada', workspaceId: chain },
      event: 'connection.created',
      outcome: 'success',
      subject: {
        type: 'connection',
        id: `conn_${n}`,
        name: `Nr. ${n}`,
        details: { n, z: 1, a: { y: [null, 0.1], b: 'ü' } },
      },
    })
  }
}
const wholeTrail = async () => {
  for await (const line of keeper.verify([chain])) if ('end' in line) return line.end
  throw new Error('no report')
}
const verify = async () => {
  const [report] = (await wholeTrail()).chains
  if (!report) throw new Error('no report')
  return report
}
/** Each place that is wrong, or the first and the last of neighbours. */
const places = async () =>
  (await verify()).problems.map(({ seq, until, kind }) => [seq === until ? seq : [seq, until], kind])
/** As a superuser whom no trigger and no grant stops. */
const tamper = (...statements: string[]) =>
  database.asSuperuser(
    'set session_replication_role = replica',
    ...statements.map((statement) => statement.replaceAll('$chain', `'${chain}'`)),
  )
const eventAt = (seq: number) => `(select event_id from audit_seals where chain = $chain and seq = ${seq})`
/** Moves seals without tripping over their primary key. */
const shift = (condition: string, by: number) => [
  `update audit_seals set seq = -(seq + ${by}) where chain = $chain and ${condition}`,
  'update audit_seals set seq = -seq where chain = $chain and seq < 0',
]
const columns = `workspace_id, at, event, outcome, actor_kind, actor_id, actor_name, ip, user_agent, target_type,
  target_id, target_name, request_id, details, origin`
const cloneEvent = (seq: number, id: string) =>
  `insert into audit_events (id, ${columns}) select '${id}', ${columns} from audit_events where id = ${eventAt(seq)}`

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'jf-audit-'))
  lines = []
  chains += 1
  chain = `ws_chain${chains}`
  keeper = open()
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

describe('an untouched trail', () => {
  it('is whole, without gaps, in the order it was sealed', async () => {
    await write(30)
    expect(await verify()).toEqual({ chain, events: 30, problems: [], problem_count: 0 })
    const seals = await db().auditSeal.findMany({ where: { chain }, orderBy: { seq: 'asc' } })
    expect(seals.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(await db().auditPending.count()).toBe(0)
  })

  it('is sealed within moments by the running engine, and goes on after a stop', async () => {
    keeper.start()
    await write(3)
    await expect.poll(() => db().auditSeal.count({ where: { chain } }), { timeout: 5_000 }).toBe(3)
    await keeper.stop()
    expect(await db().auditCheckpoint.count({ where: { chain, seq: 3 } })).toBe(1)
    keeper = open()
    await write(2, 4)
    expect(await verify()).toEqual({ chain, events: 5, problems: [], problem_count: 0 })
  })

  it('bears what breaks digests: zero bytes, half characters, odd numbers', async () => {
    await record(db(), {
      actor: { kind: 'user', id: 'usr_1', name: 'A\0\ud800', workspaceId: chain, userAgent: `${'x'.repeat(255)}😀` },
      event: 'connection.created',
      outcome: 'success',
      subject: { name: '\udc00', details: { a: '\ud83d', b: 1e21, c: 1e-7, d: -0, e: undefined, f: 1.0, g: '\0' } },
    })
    expect(await verify()).toEqual({ chain, events: 1, problems: [], problem_count: 0 })
  })

  it('goes on whole after an engine that was killed while it sealed', async () => {
    await write(5)
    // What a kill leaves: a transaction that wrote seals and never committed, with its lock, on a connection that ends.
    const dying = connect(database.url())
    await dying
      .$transaction(async (tx) => {
        await tx.$queryRaw`select pg_try_advisory_xact_lock(7665797465968665964)`
        await tx.auditSeal.create({ data: { chain, seq: 1n, eventId: 'evt_half', mac: new Uint8Array(32) } })
        throw new Error('killed')
      })
      .catch(() => undefined)
    await dying.$disconnect()
    keeper = open()
    expect(await verify()).toEqual({ chain, events: 5, problems: [], problem_count: 0 })
  })
})

describe('a superuser of the database is found out, with the exact place', () => {
  beforeEach(async () => {
    await write(10)
    expect(await places()).toEqual([])
  })

  it('editing an event', async () => {
    await tamper(`update audit_events set actor_name = 'Eve' where id = ${eventAt(4)}`)
    expect(await places()).toEqual([[4, 'changed']])
  })

  it('editing details, or the moment by a millisecond', async () => {
    await tamper(
      `update audit_events set details = details || '{"n":99}' where id = ${eventAt(2)}`,
      `update audit_events set at = at + interval '1 millisecond' where id = ${eventAt(7)}`,
    )
    expect(await places()).toEqual([
      [2, 'changed'],
      [7, 'changed'],
    ])
  })

  it('deleting one in the middle: the event, its seal too, or with all places moved up', async () => {
    await tamper(`delete from audit_events where id = ${eventAt(3)}`)
    expect(await places()).toEqual([[3, 'missing']])
    await tamper('delete from audit_seals where chain = $chain and seq = 3')
    expect(await places()).toEqual([[3, 'missing']])
    await tamper(...shift('seq > 3', -1))
    // The running sealer still knows that there were ten.
    expect(await places()).toEqual([
      [[3, 9], 'misplaced'],
      [10, 'truncated'],
    ])
  })

  it('deleting the end: found by the running engine, and by the next one from its checkpoint', async () => {
    await keeper.stop()
    await tamper(
      'delete from audit_events using audit_seals s where s.event_id = id and s.chain = $chain and s.seq > 7',
      'delete from audit_seals where chain = $chain and seq > 7',
      'delete from audit_checkpoints where chain = $chain',
    )
    expect(await places()).toEqual([[[8, 10], 'truncated']])
    keeper = open()
    expect(await places()).toEqual([[[8, 10], 'truncated']])
  })

  it('a lost end is not sealed over: the gap stays where it is', async () => {
    await tamper(
      'delete from audit_events using audit_seals s where s.event_id = id and s.chain = $chain and s.seq > 7',
      'delete from audit_seals where chain = $chain and seq > 7',
    )
    await write(3, 11)
    const { problems } = await verify()
    expect(problems).toMatchObject([{ seq: 8, kind: 'missing' }])
    expect(problems[0]?.sentence).toContain('from 8 to 10')
    expect(lines.join('')).toContain('tampered')
    expect(await db().auditEvent.count({ where: { workspaceId: chain, event: 'audit.broken' } })).toBe(1)
  })

  it('changing the order of two', async () => {
    await tamper(
      `with pair as (select seq, event_id from audit_seals where chain = $chain and seq in (3, 6))
       update audit_seals s set event_id = s.event_id || 'x' from pair where s.event_id = pair.event_id`,
      `with pair as (select seq, event_id from audit_seals where chain = $chain and seq in (3, 6))
       update audit_seals s set event_id = left(o.event_id, -1) from pair o where s.chain = $chain and s.seq = 9 - o.seq`,
    )
    expect(await places()).toEqual([
      [3, 'misplaced'],
      [6, 'misplaced'],
    ])
  })

  it('putting one in: in between with a seal, queued for one, or just there', async () => {
    const id = `evt_inserted${chains}`
    await tamper(cloneEvent(5, id), `update audit_events set actor_name = 'Mallory' where id = '${id}'`)
    expect((await verify()).problems).toMatchObject([{ seq: 11, until: 11, event_id: id, kind: 'foreign' }])
    await tamper(`insert into audit_pending values ('${id}')`)
    expect((await verify()).problems).toMatchObject([{ event_id: id, kind: 'foreign' }])
    expect(await db().auditSeal.count({ where: { eventId: id } })).toBe(0)
    await tamper(
      ...shift('seq >= 5', 1),
      `insert into audit_seals select chain, 5, '${id}', mac, sealed_at from audit_seals where chain = $chain and seq = 4`,
    )
    expect(await places()).toEqual([
      [5, 'changed'],
      [[6, 11], 'misplaced'],
    ])
  })

  it('copying a row, with its seal', async () => {
    const id = `evt_copied${chains}`
    await tamper(
      cloneEvent(10, id),
      `insert into audit_seals select chain, 11, '${id}', mac, sealed_at from audit_seals where chain = $chain and seq = 10`,
    )
    expect(await places()).toEqual([[11, 'changed']])
  })

  it('editing an event and computing the chain again with SHA-256', async () => {
    await tamper(`update audit_events set actor_name = 'Eve' where id = ${eventAt(4)}`)
    const seals = await db().auditSeal.findMany({ where: { chain }, orderBy: { seq: 'asc' } })
    let mac: Uint8Array = seals[2]?.mac ?? new Uint8Array()
    for (const { seq, eventId } of seals.slice(3)) {
      const event = await db().auditEvent.findUniqueOrThrow({ where: { id: eventId } })
      const { origin: _, ...row } = event
      mac = createHash('sha256').update(mac).update(String(seq)).update(canonicalEvent(row)).digest()
      await tamper(
        `update audit_seals set mac = '\\x${Buffer.from(mac).toString('hex')}' where event_id = '${eventId}'`,
      )
    }
    // From the next one on the events are real, under MACs that are not ours; the sealer knows another end.
    expect(await places()).toEqual([
      [4, 'changed'],
      [[5, 10], 'misplaced'],
      [10, 'rewritten'],
    ])
  })

  it('putting back an older backup: by the checkpoint outside of the database, for ever', async () => {
    const tables = ['audit_events', 'audit_seals', 'audit_checkpoints', 'audit_pending']
    await tamper(...tables.map((table) => `create table if not exists saved_${table} as table ${table}`))
    await write(5, 11)
    await verify()
    await keeper.stop()
    await tamper(
      ...tables.flatMap((table) => [
        `delete from ${table}`,
        `insert into ${table} select * from saved_${table}`,
        `drop table saved_${table}`,
      ]),
    )
    keeper = open()
    expect(await places()).toEqual([[[11, 15], 'truncated']])
    await write(2, 16)
    await keeper.stop()
    keeper = open()
    expect(await places()).toEqual([[[11, 15], 'missing']])
  })

  it('a real event of another history, at its real place', async () => {
    await write(3, 11)
    await keeper.stop()
    const last = await db().auditSeal.findFirstOrThrow({ where: { chain, seq: 12n } })
    await tamper(
      `create table other_history as select * from audit_events where id = ${eventAt(12)}`,
      'delete from audit_events using audit_seals s where s.event_id = id and s.chain = $chain and s.seq > 10',
      ...['audit_seals', 'audit_checkpoints'].map((table) => `delete from ${table} where chain = $chain and seq > 10`),
    )
    // An engine that never saw the other end, as on a machine of its own with the same key.
    rmSync(path.join(home, 'audit'), { recursive: true })
    keeper = open()
    await write(3, 21)
    expect(await places()).toEqual([])
    await tamper(
      `delete from audit_events where id = ${eventAt(12)}`,
      'insert into audit_events select * from other_history',
      'drop table other_history',
      `update audit_seals set event_id = '${last.eventId}', mac = '\\x${Buffer.from(last.mac).toString('hex')}'
       where chain = $chain and seq = 12`,
    )
    // Only the MAC before tells: the event, its place and its own MAC are real.
    expect(await places()).toEqual([[[12, 13], 'misplaced']])
  })

  it('a checkpoint file in which somebody else signed a longer trail: it is not believed', async () => {
    await keeper.stop()
    const forged = { chain, seq: '99', mac: 'AA==', at: new Date().toISOString(), signature: 'AA==' }
    appendFileSync(path.join(home, 'audit/checkpoints.ndjson'), `\n${JSON.stringify(forged)}\n`)
    keeper = open()
    await write(2, 11)
    expect(await verify()).toMatchObject({ events: 12, problems: [] })
  })

  it('a checkpoint that somebody else signed', async () => {
    await tamper(`insert into audit_checkpoints values ($chain, 5, '\\x00', now(), '\\x00')`)
    expect(await places()).toEqual([[5, 'forged']])
  })
})

it('a role that could rewrite the trail is told of, and the one of real installations is not', async () => {
  expect((await wholeTrail()).warnings).toEqual([])
  await database.asSuperuser('grant update on audit_seals to jackfield_app')
  const { ok, warnings } = await wholeTrail()
  expect([ok, warnings]).toEqual([true, [expect.stringContaining('could rewrite the trail')]])
  await database.asSuperuser('revoke update on audit_seals from jackfield_app')
})

it('the checkpoint file is for its owner alone', async () => {
  await write(1)
  await verify()
  await keeper.stop()
  expect(statSync(path.join(home, 'audit/checkpoints.ndjson')).mode & 0o777).toBe(0o600)
})

it('events from before there was a chain are sealed once, as they are found; later ones without origin never', async () => {
  const old = (id: string) =>
    db().auditEvent.create({
      data: {
        ...{ id, workspaceId: chain, event: 'session.created', outcome: 'success' },
        actorKind: 'user',
        actorId: 'u',
        actorName: 'Ada',
      },
    })
  await tamper('delete from audit_seals', 'delete from audit_events')
  await old(`evt_old${chains}`)
  keeper.start()
  await expect.poll(() => db().auditSeal.count({ where: { chain } }), { timeout: 5_000 }).toBe(1)
  await old(`evt_p_late${chains}`)
  expect(await places()).toEqual([[2, 'foreign']])
  await keeper.stop()
})

describe('many writers', () => {
  const [writers, each] = process.env.ASSURE === '1' ? [200, 250] : [50, 40]
  it(`${writers} at once leave no gap and no fork`, async () => {
    keeper.start()
    const second = open()
    second.start()
    await Promise.all(Array.from({ length: writers }, (_, n) => write(each, n * each)))
    await expect.poll(() => db().auditPending.count(), { timeout: 60_000 }).toBe(0)
    await Promise.all([keeper.stop(), second.stop()])
    expect(await verify()).toEqual({ chain, events: writers * each, problems: [], problem_count: 0 })
  })
})
