import type { Duplex } from 'node:stream'
import { type Column, readColumn } from './columns.ts'
import { Failure } from './failure.ts'
import { packet } from './greeting.ts'
import { type CutRow, type Kept, readLongRow } from './long-row.ts'
import { Packets } from './packets.ts'
import { type ServerError, serverErrorOf } from './server-error.ts'

/** What comes of a statement, in this order: either `changed`, or `columns`, `rows` as they arrive, and `end`; or the server's refusal. */
export type Answer =
  | { type: 'changed'; affected: number; warnings: number }
  | { type: 'columns'; columns: Column[] }
  | { type: 'rows'; rows: CutRow[] }
  | { type: 'end'; warnings: number }
  | { type: 'refused'; error: ServerError }

/** Asks any statement on a session that mysql2 has logged in. Read each answer to its end before the next. */
export interface Asking {
  ask(sql: string, kept: Kept): AsyncGenerator<Answer, void>
}

/** More than any server has. */
const columnsMax = 10_000
const query = 3
const mark = { ok: 0x00, file: 0xfb, end: 0xfe, error: 0xff } as const

export const askingOn = (stream: Duplex): Asking => {
  const packets = new Packets(stream)
  return {
    async *ask(sql, kept) {
      stream.write(packet(0, Buffer.concat([Buffer.from([query]), Buffer.from(sql)])))
      const { bytes, at, end } = await packets.next()
      const first = bytes[at]
      if (first === mark.error) return yield { type: 'refused', error: serverErrorOf(bytes.subarray(at, end)) }
      if (first === mark.file) throw new Failure('protocol.asks_for_file')
      if (first === mark.ok) return yield changed(bytes.subarray(at + 1, end))
      yield { type: 'columns', columns: await readColumns(packets) }
      yield* readRows(packets, kept)
    },
  }
}

const readColumns = async (packets: Packets): Promise<Column[]> => {
  const columns: Column[] = []
  for (;;) {
    const { bytes, at, end } = await packets.next()
    if (isEnd(bytes[at], end - at)) return columns
    if (columns.length >= columnsMax) throw new Failure('protocol.flood')
    columns.push(readColumn(bytes.subarray(at, end)))
  }
}

async function* readRows(packets: Packets, kept: Kept): AsyncGenerator<Answer, void> {
  let rows: CutRow[] = []
  for (;;) {
    if (packets.isHere) {
      const row = packets.take()
      const first = row.bytes[row.at]
      const last = lastOf(first, row.bytes.subarray(row.at, row.end))
      if (!last) {
        rows.push(row)
        continue
      }
      if (rows.length > 0) yield { type: 'rows', rows }
      return yield last
    }
    if (rows.length > 0) {
      yield { type: 'rows', rows }
      rows = []
    }
    if (!packets.isLong) await packets.more()
    else yield { type: 'rows', rows: [await readLongRow(packets, kept)] }
  }
}

const isEnd = (first: number | undefined, length: number): boolean => first === mark.end && length < 9

const lastOf = (first: number | undefined, payload: Buffer): Answer | undefined => {
  if (first === mark.error) return { type: 'refused', error: serverErrorOf(payload) }
  if (!isEnd(first, payload.length)) return undefined
  return { type: 'end', warnings: payload.length >= 3 ? payload.readUInt16LE(1) : 0 }
}

/** Affected rows, the last id, a status and the number of warnings. */
const changed = (payload: Buffer): Answer => {
  const [affected, afterAffected] = lengthCoded(payload, 0)
  const [, afterId] = lengthCoded(payload, afterAffected)
  const at = afterId + 2
  return { type: 'changed', affected, warnings: payload.length >= at + 2 ? payload.readUInt16LE(at) : 0 }
}

const lengthCoded = (bytes: Buffer, at: number): [number, number] => {
  const first = bytes[at] ?? 0
  if (first === 0xfc && bytes.length >= at + 3) return [bytes.readUInt16LE(at + 1), at + 3]
  if (first === 0xfd && bytes.length >= at + 4) return [bytes.readUIntLE(at + 1, 3), at + 4]
  if (first === 0xfe && bytes.length >= at + 9) return [Number(bytes.readBigUInt64LE(at + 1)), at + 9]
  return [first, at + 1]
}
