import { connect, type Socket } from 'node:net'

/** Bytes as they come. Each piece is only lent: the next one is written where it stood. */
export type LentBytes = AsyncGenerator<Uint8Array, void>

interface Answer {
  status: number
  bytes: LentBytes
}

interface Asked {
  socketPath: string
  path: string
  headers: Record<string, string | number>
  body: Uint8Array
  signal: AbortSignal
}

/** As much as a socket holds at a time. */
const room_bytes = 256 * 1024

/**
 * Posts something whose answer may be as long as it likes. Node's own client makes a buffer of every piece, and clearing
 * them away cost the web process more than all else that it does for a million rows. So this reads into one buffer, and
 * asks in the plainest way there is: in HTTP/1.0 the answer is what follows its headers, until the connection ends.
 */
export const askForBytes = async (asked: Asked): Promise<Answer> => {
  const { path, headers, body, socketPath, signal } = asked
  const reader = createReader(socketPath, signal)
  try {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    reader.socket.write(`POST ${path} HTTP/1.0\r\n${lines.join('')}content-length: ${body.length}\r\n\r\n`)
    reader.socket.write(body)
    const { status, rest } = await readHead(reader)
    return { status, bytes: bytesOf(reader, rest) }
  } catch (error) {
    reader.socket.destroy()
    throw error
  }
}

interface Reader {
  socket: Socket
  /** The next piece; undefined at the end. */
  next(): Promise<Buffer | undefined>
}

const createReader = (socketPath: string, signal: AbortSignal): Reader => {
  const buffer = Buffer.allocUnsafeSlow(room_bytes)
  let filled = 0
  let end: { error: unknown } | undefined
  let wake = () => {}
  const callback = (bytes: number): boolean => {
    filled = bytes
    wake()
    return false
  }
  const socket = connect({ path: socketPath, onread: { buffer, callback } })
  const abort = () => socket.destroy(signal.reason)
  socket.on('error', (error) => {
    end ??= { error }
  })
  socket.on('close', () => {
    end ??= { error: undefined }
    signal.removeEventListener('abort', abort)
    wake()
  })
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  return {
    socket,
    async next() {
      if (filled === 0 && !end) {
        await new Promise<void>((resolve) => {
          wake = resolve
          socket.resume()
        })
      }
      const piece = buffer.subarray(0, filled)
      filled = 0
      if (piece.length > 0) return piece
      if (end?.error !== undefined) throw end.error
      return undefined
    },
  }
}

/** Longer than any that the engine sends. */
const headMax_bytes = 16 * 1024

const readHead = async ({ next }: Reader): Promise<{ status: number; rest: Buffer }> => {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < headMax_bytes) {
    const piece = await next()
    if (!piece) break
    const seen = Math.max(0, head.length - 3)
    head = Buffer.concat([head, piece])
    const end = head.indexOf('\r\n\r\n', seen)
    if (end < 0) continue
    const status = Number(/^HTTP\/1\.\d (\d{3}) /.exec(head.toString('latin1', 0, end))?.[1])
    if (Number.isNaN(status)) break
    return { status, rest: head.subarray(end + 4) }
  }
  throw new Error('The answer has no head.')
}

/** Leaving the loop early closes the connection. */
async function* bytesOf({ socket, next }: Reader, rest: Buffer): LentBytes {
  try {
    for (let piece = rest.length > 0 ? rest : await next(); piece; piece = await next()) yield piece
  } finally {
    socket.destroy()
  }
}
