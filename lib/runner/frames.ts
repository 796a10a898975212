import { frameTypes } from './protocol.ts'

export type FrameType = (typeof frameTypes)[keyof typeof frameTypes]

export interface Frame {
  type: FrameType
  payload: Uint8Array
}

/** Largest frame either side accepts; data is cut into pieces far below it. */
const frameBytesMax = 8 * 1024 * 1024
const headBytes = 5

/** `[type][length]`, before a payload that is written as it is. */
export const encodeHead = (type: FrameType, length: number): Buffer => {
  const head = Buffer.allocUnsafe(headBytes)
  head.writeUInt8(type.charCodeAt(0), 0)
  head.writeUInt32BE(length, 1)
  return head
}

/** `[type][length][payload]`, as one buffer. */
export const encodeFrame = (type: FrameType, payload: Uint8Array = new Uint8Array()): Buffer =>
  Buffer.concat([encodeHead(type, payload.length), payload])

export const encodeJsonFrame = (type: FrameType, value: unknown): Buffer =>
  encodeFrame(type, Buffer.from(JSON.stringify(value)))

/** The JSON inside a frame; the two ends are the same release of the same program, so its shape is trusted. */
export const decodeJson = <T>(frame: Frame): T => JSON.parse(Buffer.from(frame.payload).toString('utf8')) as T

/**
 * Cuts a byte stream into frames; those of data come in as many pieces as they arrive in, so that large results are put
 * together nowhere. Throws when the other side does not speak the protocol.
 */
export const createFrameReader = (): ((chunk: Buffer) => Frame[]) => {
  let rest: Buffer[] = []
  let size = 0
  let needed = headBytes
  let dataLeft = 0
  return (chunk) => {
    const frames: Frame[] = []
    const data = (bytes: Buffer): Buffer => {
      const piece = bytes.subarray(0, Math.min(dataLeft, bytes.length))
      dataLeft -= piece.length
      if (piece.length > 0) frames.push({ type: frameTypes.data, payload: piece })
      return bytes.subarray(piece.length)
    }
    const more = data(chunk)
    if (more.length > 0) rest.push(more)
    size += more.length
    if (size < needed) return frames
    let bytes = rest.length === 1 ? (rest[0] ?? chunk) : Buffer.concat(rest, size)
    for (;;) {
      needed = headBytes
      if (bytes.length < headBytes) break
      const type = frameTypeOf(bytes[0] ?? 0)
      const length = bytes.readUInt32BE(1)
      if (length > frameBytesMax) throw new Error('frame too long')
      if (type === frameTypes.data) {
        dataLeft = length
        bytes = data(bytes.subarray(headBytes))
        continue
      }
      needed = headBytes + length
      if (bytes.length < needed) break
      frames.push({ type, payload: bytes.subarray(headBytes, needed) })
      bytes = bytes.subarray(needed)
    }
    rest = bytes.length > 0 ? [bytes] : []
    size = bytes.length
    return frames
  }
}

const known = new Map<number, FrameType>(Object.values(frameTypes).map((type) => [type.charCodeAt(0), type]))

const frameTypeOf = (byte: number): FrameType => {
  const type = known.get(byte)
  if (!type) throw new Error('unknown frame')
  return type
}
