import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Compressors } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { unreadable } from './reader.ts'

const megabyte = 1024 * 1024
/** What one page, and all pages of a preview together, may become. */
const pageBytesMax = 16 * megabyte
const allBytesMax = 64 * megabyte

/** Decompressors that look at how much comes out before they unpack: a page says so itself, and may lie. */
export const pageCompressors = (): Compressors => {
  let left = allBytesMax
  const guarded =
    (unpack: (input: Uint8Array, length: number) => Uint8Array) =>
    (input: Uint8Array, length: number): Uint8Array => {
      left -= length
      if (!(length >= 0 && length <= pageBytesMax && left >= 0))
        throw unreadable('A page of this Parquet file is too large to be unpacked for a preview.')
      return unpack(input, length)
    }
  const { SNAPPY, LZ4, LZ4_RAW } = compressors
  return {
    ...(SNAPPY && { SNAPPY: guarded(SNAPPY) }),
    ...(LZ4 && { LZ4: guarded(LZ4) }),
    ...(LZ4_RAW && { LZ4_RAW: guarded(LZ4_RAW) }),
    GZIP: guarded((input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) })),
    BROTLI: guarded((input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) })),
    ZSTD: guarded((input, length) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, length) })),
  }
}
