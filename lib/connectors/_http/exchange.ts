import { type IncomingMessage, request } from 'node:http'
import { type Duplex, pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { within } from '#lib/core/within'
import { Failure, failureOf } from './failure.ts'

export interface Ask {
  method: 'GET' | 'HEAD' | 'POST'
  url: URL
  headers: Record<string, string>
  body?: string | undefined
  /** Leaves the body packed as it came: what was asked for is bytes of a file. */
  isRaw?: boolean
}

export interface Answer {
  status: number
  headers: IncomingMessage['headers']
  /** Unpacked; what goes beyond the cap is not read. */
  body: Buffer
  isCut: boolean
}

export interface ExchangeLimits {
  ms: number
  /** Bytes of the unpacked body that are kept; the rest is not read. */
  bytes: number
}

/** Larger than any API's; a message that never stops having headers ends here. */
const headerBytesMax = 32 * 1024

/**
 * One request on one socket, and its answer. No agent, so no proxy of the environment, no pool and no second try; the
 * parser is Node's in its strict mode, which refuses what two readers could read in two ways.
 */
export const exchange = (stream: Duplex, ask: Ask, { ms, bytes }: ExchangeLimits): Promise<Answer> => {
  // Stays for good: what the socket says after we are through must not become an uncaught error.
  stream.on('error', () => {})
  const work = send(stream, ask).then((answer) => read(answer, ask, bytes))
  const late = new Failure('http.timeout')
  return within(work, { ms, late, end: (error) => stream.destroy(error) })
    .catch((error: unknown) => Promise.reject(failureOf(stream.errored ?? error, 'request')))
    .finally(() => stream.destroy())
}

const send = (stream: Duplex, { method, url, headers, body }: Ask): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const outgoing = request({
      createConnection: () => stream,
      method,
      path: url.pathname + url.search,
      setHost: false,
      insecureHTTPParser: false,
      maxHeaderSize: headerBytesMax,
      headers: {
        host: url.host,
        'user-agent': 'Jackfield',
        'accept-encoding': 'gzip, deflate, br',
        connection: 'close',
        ...headers,
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      },
    })
    outgoing.once('response', resolve)
    outgoing.on('error', reject)
    outgoing.once('upgrade', () => reject(new Failure('http.malformed', { detail: 'it changes the protocol unasked' })))
    outgoing.once('close', () => reject(new Failure('http.closed')))
    outgoing.end(body)
  })

const read = async (answer: IncomingMessage, { method, isRaw }: Ask, bytes: number): Promise<Answer> => {
  const { statusCode: status = 0, headers } = answer
  const parts: Buffer[] = []
  let size = 0
  let isCut = false
  if (method !== 'HEAD' && status !== 204 && status !== 304) {
    for await (const chunk of isRaw ? answer : unpacked(answer)) {
      const part = (chunk as Buffer).subarray(0, bytes - size)
      parts.push(part)
      size += part.length
      isCut = part.length < (chunk as Buffer).length
      if (isCut) break
    }
  }
  return { status, headers, body: Buffer.concat(parts), isCut }
}

/** The cap counts what comes out, so a small answer that unpacks to gigabytes ends where a large one does. */
const unpacked = (answer: IncomingMessage): Readable => {
  const encoding = answer.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return answer
  const unpack = unpackers[encoding]
  if (!unpack) throw new Failure('http.bomb', { detail: 'its encoding was not asked for' })
  // Errors of either reach the reader through the last one.
  return pipeline(answer, unpack(), () => {})
}

// One layer: layers upon layers are how a few bytes become everything.
const unpackers: Partial<Record<string, () => ReturnType<typeof createGunzip>>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress as never,
}
