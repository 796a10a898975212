import { gzipSync, zstdCompressSync } from 'node:zlib'

/** Thrift's compact protocol, as far as a Parquet file needs it. */
type Value =
  | { i32: number }
  | { i64: number | bigint }
  | { text: string }
  | { list: Value[] }
  | { struct: Record<number, Value> }

const varint = (value: bigint): number[] => {
  const bytes: number[] = []
  let left = value
  while (left > 0x7fn) {
    bytes.push(Number(left & 0x7fn) | 0x80)
    left >>= 7n
  }
  return [...bytes, Number(left)]
}
const zigzag = (value: number | bigint): number[] =>
  varint(BigInt(value) >= 0n ? BigInt(value) * 2n : -BigInt(value) * 2n - 1n)
const typeOf = (value: Value): number =>
  'i32' in value ? 5 : 'i64' in value ? 6 : 'text' in value ? 8 : 'list' in value ? 9 : 12

const encode = (value: Value): number[] => {
  if ('i32' in value) return zigzag(value.i32)
  if ('i64' in value) return zigzag(value.i64)
  if ('text' in value) return [...varint(BigInt(Buffer.byteLength(value.text))), ...Buffer.from(value.text)]
  if ('list' in value) {
    const type = value.list[0] ? typeOf(value.list[0]) : 12
    const size = value.list.length
    const head = size < 15 ? [(size << 4) | type] : [0xf0 | type, ...varint(BigInt(size))]
    return [...head, ...value.list.flatMap(encode)]
  }
  let last = 0
  const fields = Object.entries(value.struct).flatMap(([id, field]) => {
    const delta = Number(id) - last
    last = Number(id)
    return [(delta << 4) | typeOf(field), ...encode(field)]
  })
  return [...fields, 0]
}

export interface TestColumn {
  name: string
  /** Physical type, and what it means in the numbers of the format. */
  type: number
  converted?: number
  scale?: number
  precision?: number
  length?: number
  /** Values as they are stored. */
  bytes: Buffer
}

const pack = { none: [0, (bytes: Buffer) => bytes], gzip: [2, gzipSync], zstd: [6, zstdCompressSync] } as const

/** A Parquet file with one row group of flat, required columns, written by hand; `claims` makes it lie about itself. */
export const makeParquet = (
  columns: readonly TestColumn[],
  rows: number,
  { codec = 'none', claims = {} }: { codec?: keyof typeof pack; claims?: { unpacked?: number; footer?: number } } = {},
): Buffer => {
  const [codecId, compress] = pack[codec]
  const parts: Buffer[] = [Buffer.from('PAR1')]
  let offset = 4
  const chunks = columns.map(({ name, type, bytes }): Value => {
    const body = compress(bytes)
    const page = { 1: { i32: rows }, 2: { i32: 0 }, 3: { i32: 3 }, 4: { i32: 3 } }
    const header = Buffer.from(
      encode({
        struct: {
          1: { i32: 0 },
          2: { i32: claims.unpacked ?? bytes.length },
          3: { i32: body.length },
          5: { struct: page },
        },
      }),
    )
    const start = offset
    const size = header.length + body.length
    parts.push(header, body)
    offset += size
    const meta: Record<number, Value> = {
      1: { i32: type },
      2: { list: [{ i32: 0 }] },
      3: { list: [{ text: name }] },
      4: { i32: codecId },
      5: { i64: rows },
      6: { i64: bytes.length },
      7: { i64: size },
      9: { i64: start },
    }
    return { struct: { 2: { i64: start }, 3: { struct: meta } } }
  })
  const schema = columns.map(
    ({ name, type, converted, scale, precision, length }): Value => ({
      struct: {
        1: { i32: type },
        ...(length !== undefined && { 2: { i32: length } }),
        3: { i32: 0 },
        4: { text: name },
        ...(converted !== undefined && { 6: { i32: converted } }),
        ...(scale !== undefined && { 7: { i32: scale } }),
        ...(precision !== undefined && { 8: { i32: precision } }),
      },
    }),
  )
  const root: Value = { struct: { 4: { text: 'schema' }, 5: { i32: columns.length } } }
  const group: Value = { struct: { 1: { list: chunks }, 2: { i64: offset }, 3: { i64: rows } } }
  const footer = Buffer.from(
    encode({ struct: { 1: { i32: 1 }, 2: { list: [root, ...schema] }, 3: { i64: rows }, 4: { list: [group] } } }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(claims.footer ?? footer.length)
  return Buffer.concat([...parts, footer, length, Buffer.from('PAR1')])
}
