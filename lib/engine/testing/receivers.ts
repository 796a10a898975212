import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Pair } from '#lib/connectors/_tls/testing/certificates'

export interface Received {
  headers: Record<string, string | string[] | undefined>
  body: string
}

interface ReceiverOptions {
  port?: number
  /** The status it answers, or never. */
  answer?: () => number | 'never' | Promise<number>
}

/** A receiver over HTTPS on this machine. */
export const startHttps = async (
  { key, certificate }: Pair,
  { port = 0, answer = () => 204 }: ReceiverOptions = {},
) => {
  const received: Received[] = []
  const server = createServer({ key, cert: certificate }, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', async () => {
      received.push({ headers: request.headers, body })
      const status = await answer()
      if (status !== 'never') response.writeHead(status, { location: 'https://127.0.0.1:1/' }).end('thanks')
    })
  })
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  return {
    received,
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** A syslog receiver over TLS that takes messages apart by their octet counts. */
export const startSyslog = async ({ key, certificate }: Pair) => {
  const messages: string[] = []
  const server = createTlsServer({ key, cert: certificate }, (socket) => {
    let rest = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      for (;;) {
        const space = rest.indexOf(0x20)
        const length = Number(rest.subarray(0, Math.max(space, 0)).toString())
        if (space <= 0 || rest.length < space + 1 + length) return
        messages.push(rest.subarray(space + 1, space + 1 + length).toString())
        rest = rest.subarray(space + 1 + length)
      }
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    messages,
    port: (server.address() as AddressInfo).port,
    stop: () => new Promise((done) => server.close(done)),
  }
}
