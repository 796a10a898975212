import type { Duplex } from 'node:stream'

/** More is not looked at, whatever the server sends. */
export const heardBytesMax = 4096
/** How often what came so far is compared with what is expected. */
const compareEveryMs = 50

export interface Heard {
  bytes: Buffer
  /** The server closed the connection. */
  isClosed: boolean
  isEnough: boolean
}

export interface HearOptions {
  send: Buffer | undefined
  /** Longest wait, on the wall. */
  ms: number
  isEnough(bytes: Buffer): boolean
}

/** Listens until enough was said, the server closes, the time is over, or as much came as is looked at. */
export const hear = (stream: Duplex, { send, ms, isEnough }: HearOptions): Promise<Heard> =>
  new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    let compared = -1
    const settle = (act: () => void) => {
      clearInterval(timer)
      clearTimeout(deadline)
      stream.off('data', take).off('end', closed).off('close', closed).off('error', fail)
      stream.pause()
      act()
    }
    const compare = (): boolean => {
      if (compared === bytes.length) return false
      compared = bytes.length
      return isEnough(bytes)
    }
    const finish = (isClosed: boolean) => settle(() => resolve({ bytes, isClosed, isEnough: isEnough(bytes) }))
    const take = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk.subarray(0, heardBytesMax - bytes.length)])
      if (bytes.length >= heardBytesMax) finish(false)
    }
    const closed = () => finish(true)
    const fail = (error: Error) => (isReset(error) ? closed() : settle(() => reject(error)))
    // Not at every chunk: whoever sends byte by byte would have the pattern tried thousands of times.
    const timer = setInterval(() => compare() && finish(false), compareEveryMs)
    const deadline = setTimeout(() => finish(false), ms)
    stream.on('data', take).once('end', closed).once('close', closed).once('error', fail)
    if (stream.destroyed) closed()
    else if (send) stream.write(send)
  })

const isReset = (error: Error): boolean => ['ECONNRESET', 'EPIPE'].includes(String(Object(error).code ?? ''))
