import type { Log } from '#lib/core/log'
import { db, type Tx } from '#lib/db/client'
import { canonicalEvent, chainOf, emptyHead, type Head, isSameMac, macAfter, originMac } from './chain.ts'
import { type CheckpointFile, isSigned, signCheckpoint } from './checkpoints.ts'
import type { AuditKeys } from './keys.ts'
import { record } from './record.ts'
import {
  dropPending,
  enqueueOldEvents,
  eventOf,
  hasPending,
  hasSeals,
  headsOf,
  insertCheckpoints,
  insertSeals,
  macAt,
  type PendingEvent,
  pendingEvents,
  type Seal,
  takeSealLock,
} from './store.ts'

export interface SealerOptions {
  keys: AuditKeys
  file: CheckpointFile
  log: Log
  /** A checkpoint is due after this many events … */
  checkpointEvents?: number
  /** … or this long after the first event since the last one. */
  checkpointMs?: number
}

const batchSize = 500
/** How long an event waits at most for the sealer to look; a NOTIFY would make all commits of the database queue up. */
const pollMs = 100

/** What is wrong with a queue or a chain, for the log and the trail. */
interface Alarm {
  chain: string
  sentence: string
  eventId?: string
}

/** Moves events from the queue into their chains: one instance at a time, without gaps, and never past a missing tail. */
export class Sealer {
  readonly #options: Required<SealerOptions>
  /** The ends this process vouches for: out of the checkpoint file, then of what it sealed itself. */
  readonly #heads = new Map<string, Head>()
  readonly #checkpointed = new Map<string, bigint>()
  readonly #raised = new Set<string>()
  #sinceCheckpoint = 0
  #firstSince = 0
  #stopped = false
  #loop: Promise<void> | undefined
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: SealerOptions) {
    this.#options = { checkpointEvents: 1000, checkpointMs: 60_000, ...options }
    for (const checkpoint of options.file.read()) {
      const known = this.#heads.get(checkpoint.chain)
      if ((known && known.seq >= checkpoint.seq) || !isSigned(options.keys, checkpoint)) continue
      this.#heads.set(checkpoint.chain, checkpoint)
      this.#checkpointed.set(checkpoint.chain, checkpoint.seq)
    }
  }

  /** The ends of the chains as this process knows them. */
  get heads(): ReadonlyMap<string, Head> {
    return this.#heads
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** Seals what waits and says how the chains end, outside of the database too. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#loop
    await this.flush()
    await this.checkpoint()
  }

  /** Seals everything that waits now; false if another instance is at it. */
  async flush(): Promise<boolean> {
    for (;;) {
      const { sealed, taken } = await this.#inTurn(() => this.#sealBatch())
      if (!taken) return false
      if (sealed < batchSize) return true
    }
  }

  async checkpoint(): Promise<void> {
    await this.#inTurn(async () => {
      const { keys, file } = this.#options
      const ends = [...this.#heads].filter(([chain, { seq }]) => seq > (this.#checkpointed.get(chain) ?? 0n))
      const made = ends.map(([chain, head]) => signCheckpoint(keys, chain, head))
      this.#sinceCheckpoint = 0
      if (made.length === 0) return
      // The file first: it is the place that a writer of the database does not reach.
      file.append(made)
      for (const { chain, seq } of made) this.#checkpointed.set(chain, seq)
      await insertCheckpoints(db(), made)
    })
  }

  async #run(): Promise<void> {
    let isAdopted = false
    while (!this.#stopped) {
      try {
        if (!isAdopted) isAdopted = await this.#adoptOld()
        if (await hasPending(db())) await this.flush()
        if (this.#isCheckpointDue()) await this.checkpoint()
      } catch (error) {
        this.#options.log.error({ err: error }, 'the audit trail could not be sealed; it is tried again')
        await sleep(1000)
      }
      await sleep(pollMs)
    }
  }

  #isCheckpointDue(): boolean {
    const { checkpointEvents, checkpointMs } = this.#options
    if (this.#sinceCheckpoint === 0) return false
    return this.#sinceCheckpoint >= checkpointEvents || Date.now() - this.#firstSince >= checkpointMs
  }

  /**
   * Events from before there was a chain have no origin; they are sealed as they are found, once. The checkpoint file
   * says that it happened: whoever adds such events later reaches the database, not the file.
   */
  async #adoptOld(): Promise<boolean> {
    const { file, log } = this.#options
    if (file.exists()) return true
    const adopted = await this.#inTurn(() =>
      longTransaction(async (tx) => {
        if (!(await takeSealLock(tx))) return undefined
        if (await hasSeals(tx)) return new Map<string, Head>()
        await enqueueOldEvents(tx)
        const ends = new Map<string, Head>()
        for (;;) {
          const found = await pendingEvents(tx, batchSize)
          const { seals, heads } = this.#chainUp(
            found.filter(({ id, origin }) => id !== null && origin === null),
            ends,
          )
          await insertSeals(tx, seals)
          for (const [chain, head] of heads) ends.set(chain, head)
          await dropPending(
            tx,
            seals.map(({ eventId }) => eventId),
          )
          if (seals.length === 0) return ends
        }
      }),
    )
    if (!adopted) return false
    for (const [chain, head] of adopted) this.#heads.set(chain, head)
    file.append([])
    await this.checkpoint()
    if (adopted.size > 0) log.info({ chains: adopted.size }, 'the audit trail of earlier versions was sealed as it is')
    return true
  }

  async #sealBatch(): Promise<{ sealed: number; taken: boolean }> {
    const alarms: Alarm[] = []
    const done = await longTransaction(async (tx) => {
      if (!(await takeSealLock(tx))) return undefined
      const found = await pendingEvents(tx, batchSize)
      if (found.length === 0) return { sealed: 0, heads: new Map<string, Head>() }
      const ours = found.filter((event) => this.#isOurs(event, alarms))
      const chains = [...new Set(ours.map(chainOf))]
      const { seals, heads } = this.#chainUp(ours, await this.#endsOf(tx, chains, alarms))
      await insertSeals(tx, seals)
      await dropPending(
        tx,
        found.map(({ eventId }) => eventId),
      )
      return { sealed: found.length, heads }
    })
    if (!done) return { sealed: 0, taken: false }
    // Only what is committed is vouched for.
    for (const [chain, head] of done.heads) this.#heads.set(chain, head)
    if (this.#sinceCheckpoint === 0) this.#firstSince = Date.now()
    this.#sinceCheckpoint += done.sealed
    for (const alarm of alarms) await this.#raise(alarm)
    return { sealed: done.sealed, taken: true }
  }

  #isOurs(event: PendingEvent, alarms: Alarm[]): boolean {
    const { eventId, id } = event
    const chain = chainOf(event)
    if (id === null) {
      alarms.push({ chain, eventId, sentence: 'An event was deleted before it was sealed.' })
      return false
    }
    if (isSameMac(event.origin, originMac(this.#options.keys.origin, canonicalEvent(eventOf({ ...event, id })))))
      return true
    alarms.push({
      chain,
      eventId,
      sentence: 'An event was not written by Jackfield, or was changed before it was sealed.',
    })
    return false
  }

  #chainUp(events: PendingEvent[], ends: ReadonlyMap<string, Head>): { seals: Seal[]; heads: Map<string, Head> } {
    const heads = new Map<string, Head>()
    const seals = events.map((event) => {
      const chain = chainOf(event)
      const head = heads.get(chain) ?? ends.get(chain) ?? emptyHead
      const canonical = canonicalEvent(eventOf({ ...event, id: event.eventId }))
      const next = { seq: head.seq + 1n, mac: macAfter(this.#options.keys.chain, head, chain, canonical) }
      heads.set(chain, next)
      return { chain, ...next, eventId: event.eventId }
    })
    return { seals, heads }
  }

  /**
   * Where each chain goes on. A tail that is gone is not sealed over: the chain goes on behind it, so that the gap stays
   * for `verify` to find, with its exact place.
   */
  async #endsOf(tx: Tx, chains: string[], alarms: Alarm[]): Promise<Map<string, Head>> {
    const ends = await headsOf(tx, chains)
    for (const chain of chains) {
      const known = this.#heads.get(chain)
      if (!known) continue
      const stored = ends.get(chain) ?? emptyHead
      if (stored.seq < known.seq) {
        alarms.push({ chain, sentence: `The trail ends at ${stored.seq} and went on to ${known.seq} before.` })
        ends.set(chain, known)
      } else if (!isSameMac((await macAt(tx, chain, known.seq)) ?? null, known.mac)) {
        alarms.push({ chain, sentence: `The seal at ${known.seq} is not the one that was made.` })
      }
    }
    return ends
  }

  async #raise({ chain, sentence, eventId }: Alarm): Promise<void> {
    const { log } = this.#options
    const key = `${chain} ${eventId ?? sentence}`
    if (this.#raised.has(key)) return
    this.#raised.add(key)
    log.error({ chain, event_id: eventId }, `The audit trail was tampered with: ${sentence}`)
    await record(db(), {
      actor: { kind: 'system', id: 'system', name: 'Jackfield', workspaceId: chain === 'system' ? '' : chain },
      event: 'audit.broken',
      outcome: 'failure',
      subject: { details: { sentence, ...(eventId !== undefined && { event_id: eventId }) } },
    }).catch((error: unknown) => log.error({ err: error }, 'an alarm of the audit trail could not be recorded'))
  }

  /** The loop, a flush and a checkpoint never overlap: they share what this process knows about the ends. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work)
    this.#turn = next.catch(() => undefined)
    return next
  }
}

const longTransaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  db().$transaction(work, { maxWait: 5_000, timeout: 120_000 })

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
