import { Failure } from './failure.ts'
import type { Packets } from './packets.ts'
import type { RawRow } from './wire.ts'

/** A row whose values may have been cut: `totals` are their lengths as the server has them. */
export interface CutRow extends RawRow {
  totals?: number[]
}

/** How many bytes of a value of this length are worth having. */
export type Kept = (total: number) => number

/** Of one row, whatever the limits; behind it only the beginnings of values stay. */
const rowBytesMax = 64 * 1024 * 1024
const shortBytes = 1024

/**
 * Reads a row that is too long to hold: the beginnings of its values are put together as a row of the same form, the rest
 * passes by.
 */
export const readLongRow = async (packets: Packets, kept: Kept): Promise<CutRow> => {
  await packets.enter()
  const parts: Buffer[] = []
  const totals: number[] = []
  let size = 0
  while ((await packets.pieces()) > 0) {
    const total = await readLength(packets)
    const wanted = Math.min(total, kept(total), size < rowBytesMax ? total : shortBytes)
    size += wanted
    parts.push(headOf(wanted))
    totals.push(total)
    await pass(packets, wanted, (piece) => parts.push(Buffer.from(piece)))
    await pass(packets, total - Math.max(wanted, 0), () => {})
  }
  const bytes = Buffer.concat(parts)
  return { bytes, at: 0, end: bytes.length, totals }
}

const pass = async (packets: Packets, bytes: number, keep: (piece: Buffer) => void): Promise<void> => {
  for (let left = bytes; left > 0; ) {
    const here = await packets.pieces()
    // A server that means ill says that a field is longer than its row.
    if (here === 0) throw new Failure('query.failed')
    const step = Math.min(here, left)
    keep(packets.piece(step))
    left -= step
  }
}

const widths: Record<number, number> = { 252: 2, 253: 3, 254: 8 }

/** The length of the next value; -1 for NULL. */
const readLength = async (packets: Packets): Promise<number> => {
  const head: Buffer[] = []
  await pass(packets, 1, (piece) => head.push(Buffer.from(piece)))
  const first = head[0]?.[0] ?? 0
  if (first === 0xfb) return -1
  const width = widths[first]
  if (width === undefined) return first
  await pass(packets, width, (piece) => head.push(Buffer.from(piece)))
  const bytes = Buffer.concat(head)
  return width === 8 ? Number(bytes.readBigUInt64LE(1)) : bytes.readUIntLE(1, width)
}

const headOf = (length: number): Buffer => {
  if (length < 0) return Buffer.from([0xfb])
  const head = Buffer.alloc(9)
  head[0] = 0xfe
  head.writeBigUInt64LE(BigInt(length), 1)
  return head
}
