import { canonicalText, emptyHead, type Head, isSameMac, macAfter, originMac } from './chain.ts'
import { type Checkpoint, isSigned } from './checkpoints.ts'
import { type Finding, Findings } from './findings.ts'
import type { AuditKeys } from './keys.ts'
import type { SealedText, UnsealedText } from './verify-store.ts'

/** A checkpoint, or what the sealer remembers, which needs no signature. */
export type Statement = Head | Checkpoint

/** Compares a chain, event by event, with its key and with every statement about it from outside of it. */
export class ChainCheck {
  readonly findings = new Findings()
  events = 0
  #head: Head = emptyHead
  /** Behind a gap the MAC before is not known. */
  #isAfterGap = false
  readonly #chain: string
  readonly #keys: AuditKeys
  readonly #statements: ReadonlyMap<bigint, Statement[]>

  constructor(chain: string, keys: AuditKeys, statements: ReadonlyMap<bigint, Statement[]>) {
    this.#chain = chain
    this.#keys = keys
    this.#statements = statements
  }

  next(row: SealedText): void {
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
    if (longest !== undefined) this.#add({ seq: this.#head.seq + 1n, until: longest, kind: 'truncated' })
  }

  unsealed({ place, origin, event }: UnsealedText): void {
    const isOurs = isSameMac(origin, originMac(this.#keys.origin, canonicalText(event)))
    this.#add({ seq: place, event_id: event.id, kind: isOurs ? 'unsealed' : 'foreign' })
  }

  #gap(until: bigint): void {
    this.#add({ seq: this.#head.seq + 1n, until: until - 1n, kind: 'missing' })
    // The sealer goes on behind a lost tail: then the MAC before is in a statement about the last lost place.
    const before = this.#statements.get(until - 1n)?.find((one) => this.#isTrue(one))
    this.#head = before ?? { ...emptyHead, seq: until - 1n }
    this.#isAfterGap = before === undefined
  }

  #compare({ event, eventId, origin, seq, mac }: SealedText): void {
    if (!event) {
      this.#add({ seq, event_id: eventId, kind: 'missing' })
      return
    }
    const canonical = canonicalText(event)
    // Behind a gap the MAC before is lost; the origin still tells whether Jackfield wrote this one.
    if (!this.#isAfterGap && isSameMac(mac, macAfter(this.#keys.chain, this.#head, this.#chain, canonical))) return
    const isOurs = isSameMac(origin, originMac(this.#keys.origin, canonical))
    if (this.#isAfterGap && isOurs) return
    this.#add({ seq, event_id: event.id, kind: isOurs ? 'misplaced' : 'changed' })
  }

  #compareStatement(statement: Statement, mac: Uint8Array): void {
    if (isSameMac(statement.mac, mac)) return
    this.#add({ seq: statement.seq, kind: this.#isTrue(statement) ? 'rewritten' : 'forged' })
  }

  #isTrue(statement: Statement): boolean {
    return !('signature' in statement) || isSigned(this.#keys, statement)
  }

  #add({ seq, until = seq, event_id = null, kind }: Found): void {
    this.findings.add({ seq: Number(seq), until: Number(until), event_id, kind })
  }
}

interface Found {
  seq: bigint
  until?: bigint
  event_id?: string | null
  kind: Finding['kind']
}
