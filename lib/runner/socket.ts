import type { Socket } from 'node:net'
import { NetError } from '#lib/connectors/contract'

export interface SocketLimits {
  /** Ends with the operation: cancelled by a person or out of time. */
  signal: AbortSignal
  /** Bytes it may deliver before it is destroyed. */
  bytes: number
}

/** Under TLS the bytes pass below the socket's own methods, so the counter is also looked at from time to time. */
const countEveryMs = 20

/** Destroys the socket when the operation ends or when it delivers too much: in wall time, not inactivity (CONN-8, CONN-9). */
export const guardSocket = <S extends Socket>(socket: S, { signal, bytes }: SocketLimits): S => {
  const abort = () => socket.destroy(abortError(signal))
  const count = () => {
    if (socket.bytesRead > bytes) socket.destroy(new NetError('EBYTES', 'The server sent more than it may.'))
  }
  const push = socket.push.bind(socket)
  socket.push = (chunk: unknown, encoding?: BufferEncoding) => {
    count()
    return socket.destroyed ? false : push(chunk, encoding)
  }
  const timer = setInterval(count, countEveryMs).unref()
  signal.addEventListener('abort', abort, { once: true })
  socket.once('close', () => {
    clearInterval(timer)
    signal.removeEventListener('abort', abort)
  })
  if (signal.aborted) abort()
  return socket
}

/** How an operation that ended early is told apart: out of time, or no longer wanted. */
export const abortError = (signal: AbortSignal): NetError =>
  isTimeout(signal.reason) ? new NetError('EDEADLINE', 'Out of time.') : new NetError('ECANCELED', 'Cancelled.')

export const isTimeout = (reason: unknown): boolean => reason instanceof DOMException && reason.name === 'TimeoutError'
