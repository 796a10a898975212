import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What goes wrong with the next answers of a stand-in. */
export type Fault = 'none' | 'forbidden' | 'broken' | 'silent' | 'trickle' | 'huge' | 'echo' | 'redirect' | 'other-key'

export interface Ask {
  method: string
  url: URL
  headers: IncomingMessage['headers']
  body: string
}

export interface Answer {
  status: number
  body: unknown
}

export interface StandIn {
  origin: string
  setFault(fault: Fault): void
  /** How often the service's key was asked for. */
  count(): number
  stop(): Promise<void>
}

interface StandInOptions {
  /** Answers for the service's key; what it throws is a 500. */
  answer(ask: Ask): Promise<Answer> | Answer
  /** The service's own way to say 403. */
  forbidden: unknown
  /** Its answer with a key of somebody else's choice. */
  otherKey: unknown
  /** Requests that are no business of the key, such as signing in. */
  before?(request: IncomingMessage, response: ServerResponse): boolean
}

/** An HTTP server that behaves like a key service, and misbehaves when told to. */
export const startStandIn = async (options: StandInOptions): Promise<StandIn> => {
  let fault: Fault = 'none'
  let asked = 0
  const server = createServer(async (request, response) => {
    if (options.before?.(request, response)) return
    const ask = await readAsk(request)
    asked++
    const send = (status: number, body: unknown, headers = {}) =>
      void response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(typeof body === 'string' ? body : JSON.stringify(body))
    if (fault === 'silent') return
    if (fault === 'trickle') return trickle(response)
    if (fault === 'forbidden') return send(403, options.forbidden)
    if (fault === 'broken') return send(500, { message: 'it fell over' })
    if (fault === 'huge') return send(200, { padding: 'x'.repeat(10_000_000) })
    if (fault === 'echo') return send(400, JSON.stringify({ message: ask.body, headers: ask.headers }))
    if (fault === 'redirect') return send(307, '', { location: `${originOf(server)}/elsewhere` })
    if (fault === 'other-key') return send(200, options.otherKey)
    const { status, body } = await Promise.resolve(options.answer(ask)).catch(() => ({ status: 500, body: {} }))
    send(status, body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: originOf(server),
    setFault: (next) => {
      fault = next
    },
    count: () => asked,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const originOf = (server: ReturnType<typeof createServer>): string => {
  const address = server.address()
  return `http://127.0.0.1:${(address as AddressInfo).port}`
}

const readAsk = async (request: IncomingMessage): Promise<Ask> => {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  const url = new URL(request.url ?? '/', 'http://stand-in')
  return { method: request.method ?? '', url, headers: request.headers, body }
}

/** A byte now and then: alive, and never done. */
const trickle = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 200)
  response.on('close', () => clearInterval(timer))
}

/** The service's own AES key, with a version, as all of them have. */
export const serviceKey = () => {
  const key = randomBytes(32)
  return {
    encrypt(plaintext: Buffer, context: string): Buffer {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context))
      return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
    },
    /** Undefined for what it did not encrypt with this context. */
    decrypt(sealed: Buffer, context: string): Buffer | undefined {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
        decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-16))
        return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
      } catch {
        return undefined
      }
    },
  }
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
