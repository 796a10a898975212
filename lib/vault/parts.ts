import { Refusal } from './refusal.ts'

/** Parts with their lengths in front (uint32, big endian): two different lists never give the same bytes. */
export const joinParts = (parts: readonly (string | number | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.flatMap((part) => withLength(bytesOf(part))))

/** Reads what `joinParts` wrote, one part at a time; anything that does not fit is refused. */
export const partReader = (bytes: Buffer) => {
  let at = 0
  const take = (length: number): Buffer => {
    if (length > bytes.length - at) throw new Refusal('malformed')
    at += length
    return bytes.subarray(at - length, at)
  }
  const part = (): Buffer => take(take(4).readUInt32BE())
  return { take, part, rest: () => bytes.subarray(at) }
}

const withLength = (bytes: Uint8Array): Uint8Array[] => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return [length, bytes]
}

const bytesOf = (part: string | number | Uint8Array): Uint8Array =>
  part instanceof Uint8Array ? part : Buffer.from(String(part), 'utf8')
