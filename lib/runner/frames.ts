import { frameTypes } from './protocol.ts'

export type FrameType = (typeof frameTypes)[keyof typeof frameTypes]

export interface Frame {
  type: FrameType
  payload: Uint8Array
}

/** Largest frame either side accepts; data is cut into pieces far below it. */
const frameBytesMax = 8 * 1024 * 1024

/** `[type][length][payload]`, as one buffer. */
export const encodeFrame = (type: FrameType, payload: Uint8Array = new Uint8Array()): Buffer => {
  const frame = Buffer.allocUnsafe(5 + payload.length)
  frame.writeUInt8(type.charCodeAt(0), 0)
  frame.writeUInt32BE(payload.length, 1)
  frame.set(payload, 5)
  return frame
}

export const encodeJsonFrame = (type: FrameType, value: unknown): Buffer =>
  encodeFrame(type, Buffer.from(JSON.stringify(value)))

/** The JSON inside a frame; the two ends are the same release of the same program, so its shape is trusted. */
export const decodeJson = <T>(frame: Frame): T => JSON.parse(Buffer.from(frame.payload).toString('utf8')) as T

/** Cuts a byte stream into frames. Throws when the other side does not speak the protocol. */
export const createFrameReader = (): ((chunk: Buffer) => Frame[]) => {
  let rest: Buffer[] = []
  let size = 0
  let needed = 5
  return (chunk) => {
    rest.push(chunk)
    size += chunk.length
    if (size < needed) return []
    const bytes = rest.length === 1 ? chunk : Buffer.concat(rest, size)
    const frames: Frame[] = []
    let at = 0
    for (;;) {
      needed = 5
      if (bytes.length - at < 5) break
      const length = bytes.readUInt32BE(at + 1)
      if (length > frameBytesMax) throw new Error('frame too long')
      needed = 5 + length
      if (bytes.length - at < needed) break
      frames.push({ type: frameTypeOf(bytes[at] ?? 0), payload: bytes.subarray(at + 5, at + needed) })
      at += needed
    }
    rest = at < bytes.length ? [bytes.subarray(at)] : []
    size = bytes.length - at
    return frames
  }
}

const known = new Map<number, FrameType>(Object.values(frameTypes).map((type) => [type.charCodeAt(0), type]))

const frameTypeOf = (byte: number): FrameType => {
  const type = known.get(byte)
  if (!type) throw new Error('unknown frame')
  return type
}
