import { constants, createGunzip } from 'node:zlib'
import { bounds, type RandomAccess, unreadable } from './reader.ts'

/**
 * The beginning of a gzip file unpacked: it stops at a bound of what comes out, so that a few kilobytes that unpack to
 * gigabytes cost no more than any other file.
 */
export const gunzipHead = async (
  head: Uint8Array,
  { size }: RandomAccess,
): Promise<{ bytes: Uint8Array; isWhole: boolean; notes: string[] }> => {
  const { bytes, isWhole } = await inflate(head, bounds.unpackedBytes)
  const isAll = isWhole && (size === undefined || head.length >= size)
  return { bytes, isWhole: isAll, notes: ['Unpacked from gzip.'] }
}

const inflate = (head: Uint8Array, most: number): Promise<{ bytes: Uint8Array; isWhole: boolean }> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let length = 0
    // A beginning that was cut off is no error: what could be unpacked counts.
    const stream = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 64 * 1024 })
    const finish = (isWhole: boolean) => {
      stream.destroy()
      resolve({ bytes: Buffer.concat(parts).subarray(0, most), isWhole })
    }
    stream.on('data', (part: Buffer) => {
      parts.push(part)
      length += part.length
      if (length >= most) finish(false)
    })
    stream.once('end', () => finish(true))
    stream.once('error', (error) => {
      if (length > 0) finish(false)
      else reject(unreadable('The file says it is packed with gzip, but it cannot be unpacked. It is damaged.', error))
    })
    stream.end(head)
  })
