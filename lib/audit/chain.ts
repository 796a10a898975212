import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import canonicalize from 'canonicalize'

/** An event as it is stored; all of it is under the chain's MAC. */
export interface EventRow {
  id: string
  workspaceId: string | null
  at: Date
  event: string
  outcome: string
  actorKind: string
  actorId: string
  actorName: string
  ip: string | null
  userAgent: string | null
  targetType: string | null
  targetId: string | null
  targetName: string | null
  requestId: string | null
  details: unknown
}

/** The same with its moment as text, as a reader of millions has it. */
export type EventText = Omit<EventRow, 'at'> & { at: string }

/** One text for one event (RFC 8785), whatever order a database keeps the members of `details` in. */
export const canonicalText = (event: EventText): string => canonicalize(event) ?? ''

export const canonicalEvent = (event: EventRow): string => canonicalText({ ...event, at: event.at.toISOString() })

/** Events of no workspace, such as failed sign-ins, have a chain too. */
export const systemChain = 'system'
export const chainOf = (event: { workspaceId: string | null }): string => event.workspaceId ?? systemChain

/** The end of a chain, or the place a checkpoint speaks of. */
export interface Head {
  seq: bigint
  mac: Uint8Array
}

export const emptyHead: Head = { seq: 0n, mac: new Uint8Array(32) }

/** The MAC of the event that follows `head`: over everything before it, its chain, its place and its content. */
export const macAfter = (key: KeyObject, { seq, mac }: Head, chain: string, canonical: string): Buffer => {
  const place = Buffer.alloc(12)
  place.writeBigUInt64BE(seq + 1n)
  // The length keeps chain and content apart: no two pairs give the same bytes.
  place.writeUInt32BE(Buffer.byteLength(chain), 8)
  return createHmac('sha256', key).update(mac).update(place).update(chain).update(canonical).digest()
}

/** Says that a process of this installation wrote the event. */
export const originMac = (key: KeyObject, canonical: string): Buffer =>
  createHmac('sha256', key).update('origin\0').update(canonical).digest()

export const isSameMac = (a: Uint8Array | null, b: Uint8Array): boolean =>
  a !== null && a.length === b.length && timingSafeEqual(a, b)
