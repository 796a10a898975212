import { db } from '#lib/db/client'
import { canonicalEvent, emptyHead, type Head, isSameMac, macAfter, originMac } from './chain.ts'
import { type Checkpoint, type CheckpointFile, isSigned } from './checkpoints.ts'
import type { AuditKeys } from './keys.ts'
import type { ChainReport, Problem } from './schema.ts'
import {
  allChains,
  checkpointsOf,
  eventOf,
  headsOf,
  mayRewriteTrail,
  type SealedEvent,
  type StoredEvent,
  sealsAfter,
  unsealedEvents,
} from './store.ts'

export interface Evidence {
  keys: AuditKeys
  file: CheckpointFile
  /** The ends that a running sealer vouches for. */
  heads: ReadonlyMap<string, Head>
}

const pageSize = 5_000
/** One altered row can spoil everything after it; more lines than these help nobody. */
const problemsMax = 100

/** What weakens the trail, though it may be whole. */
export const warnings = async (): Promise<string[]> =>
  (await mayRewriteTrail(db())) ? [`Jackfield's role in the database could rewrite the trail. ${twoRoles}`] : []

const twoRoles = 'Give it a role of its own, as docs/operating.md says under “An external PostgreSQL”.'

export const chainNames = (): Promise<string[]> => allChains(db())

/** Recomputes a chain from its first event and compares it with every statement about it that is outside of the chain. */
export const verifyChain = async (chain: string, evidence: Evidence): Promise<ChainReport> => {
  const end = (await headsOf(db(), [chain])).get(chain) ?? emptyHead
  const check = new ChainCheck(chain, evidence, await statementsOf(chain, evidence))
  for (let from = 0n; from < end.seq; ) {
    const rows = await sealsAfter(db(), chain, { from, to: end.seq }, pageSize)
    for (const row of rows) check.next(row)
    const last = rows.at(-1)
    if (!last) break
    from = last.seq
  }
  check.finish()
  for (const row of await unsealedEvents(db(), chain, problemsMax)) check.unsealed(row)
  const problems = check.problems.sort((a, b) => a.seq - b.seq).slice(0, problemsMax)
  return { chain, events: check.events, problems }
}

/** What checkpoints and the running sealer say: by place. */
const statementsOf = async (chain: string, { file, heads }: Evidence): Promise<Map<bigint, Statement[]>> => {
  const found = new Map<bigint, Statement[]>()
  const add = (statement: Statement) => found.set(statement.seq, [...(found.get(statement.seq) ?? []), statement])
  const head = heads.get(chain)
  if (head) add(head)
  for (const one of file.read()) if (one.chain === chain) add(one)
  for (const one of await checkpointsOf(db(), chain)) add(one)
  return found
}

/** A checkpoint, or what the sealer remembers, which needs no signature. */
type Statement = Head | Checkpoint

interface Finding extends Pick<Problem, 'kind' | 'sentence'> {
  seq: bigint
  event_id?: string
}

class ChainCheck {
  readonly problems: Problem[] = []
  events = 0
  #head: Head = emptyHead
  /** The end of the last gap, where the MAC before is not known. */
  #isAfterGap = false
  readonly #chain: string
  readonly #evidence: Evidence
  readonly #statements: Map<bigint, Statement[]>

  constructor(chain: string, evidence: Evidence, statements: Map<bigint, Statement[]>) {
    this.#chain = chain
    this.#evidence = evidence
    this.#statements = statements
  }

  next(row: SealedEvent): void {
    if (row.seq !== this.#head.seq + 1n) this.#gap(row.seq)
    this.events += 1
    this.#compare(row)
    const statements = this.#statements.get(row.seq)
    if (statements) for (const one of statements) this.#compareStatement(one, row.mac)
    // Goes on from the stored MAC, so that one altered event is one problem and not the whole rest.
    this.#head = { seq: row.seq, mac: row.mac }
    this.#isAfterGap = false
  }

  /** Whatever was said about places behind the end. */
  finish(): void {
    const later = [...this.#statements.values()].flat().filter((one) => one.seq > this.#head.seq && this.#isTrue(one))
    const longest = later.sort((a, b) => Number(b.seq - a.seq))[0]?.seq
    if (longest === undefined) return
    const sentence = `The trail ends at ${this.#head.seq}, and it once went on to ${longest}: its end was deleted, or the database was put back to an older state.`
    this.#add({ seq: this.#head.seq + 1n, kind: 'truncated', sentence })
  }

  unsealed(row: StoredEvent & { place: bigint }): void {
    const kind = this.#isOurs(row) ? 'unsealed' : 'foreign'
    this.#add({ seq: row.place, event_id: row.id, kind, sentence: sentences[kind] })
  }

  #gap(until: bigint): void {
    const from = this.#head.seq + 1n
    const places = from === until - 1n ? `The event at ${from} is` : `The events from ${from} to ${until - 1n} are`
    this.#add({
      seq: from,
      kind: 'missing',
      sentence: `${places} missing: deleted, or lost when the database was put back.`,
    })
    // The sealer goes on behind a lost tail: then the MAC before is in a statement about the last lost place.
    const before = this.#statements.get(until - 1n)?.find((one) => this.#isTrue(one))
    this.#head = before ?? { ...emptyHead, seq: until - 1n }
    this.#isAfterGap = before === undefined
  }

  #compare({ id, eventId, seq, mac, ...event }: SealedEvent): void {
    if (id === null) {
      this.#add({ seq, event_id: eventId, kind: 'missing', sentence: sentences.deleted })
      return
    }
    const row = eventOf({ ...event, id })
    const canonical = canonicalEvent(row)
    if (this.#isAfterGap) {
      // The MAC before is lost with its event; the origin still tells whether Jackfield wrote this one.
      if (!this.#hasOrigin(event.origin, canonical))
        this.#add({ seq, event_id: id, kind: 'changed', sentence: sentences.changed })
      return
    }
    if (isSameMac(mac, macAfter(this.#evidence.keys.chain, this.#head, this.#chain, canonical))) return
    const kind = this.#hasOrigin(event.origin, canonical) ? 'misplaced' : 'changed'
    this.#add({ seq, event_id: id, kind, sentence: sentences[kind] })
  }

  #compareStatement(statement: Statement, mac: Uint8Array): void {
    if (isSameMac(statement.mac, mac)) return
    const kind = 'checkpoint'
    this.#add({ seq: statement.seq, kind, sentence: this.#isTrue(statement) ? sentences.rewritten : sentences.forged })
  }

  #isTrue(statement: Statement): boolean {
    return !('signature' in statement) || isSigned(this.#evidence.keys, statement)
  }

  #isOurs({ origin, ...row }: StoredEvent): boolean {
    return this.#hasOrigin(origin, canonicalEvent(eventOf(row)))
  }

  #hasOrigin(origin: Uint8Array | null, canonical: string): boolean {
    return isSameMac(origin, originMac(this.#evidence.keys.origin, canonical))
  }

  #add({ seq, event_id, kind, sentence }: Finding): void {
    if (this.problems.length >= problemsMax * 2) return
    this.problems.push({ seq: Number(seq), event_id: event_id ?? null, kind, sentence })
  }
}

const sentences = {
  changed: 'This event is not as it was when it was sealed, or was put in by somebody else.',
  misplaced: 'This event is real and not in its place: moved, copied, or sealed again by somebody else.',
  deleted: 'The event of this place was deleted.',
  unsealed: 'This event was taken out of the queue before it was sealed.',
  foreign: 'This event was not written by Jackfield.',
  rewritten: 'A checkpoint says that the trail was another one up to here: it was rewritten.',
  forged: 'A checkpoint of this place is not signed by this installation.',
} as const
