import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll } from 'vitest'

/** A way to a server that can be made to stop delivering in the middle. */
export const useHoldingProxy = (port: () => number | undefined) => {
  const sockets = new Set<Socket>()
  let heldFrom = Number.POSITIVE_INFINITY
  let delivered = 0
  let opened = 0
  const server = createServer((client) => {
    opened += 1
    const upstream = connect({ host: '127.0.0.1', port: port() ?? 0 })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket)
          client.destroy()
          upstream.destroy()
        })
    }
    client.pipe(upstream)
    upstream.on('data', (bytes: Buffer) => {
      delivered += bytes.length
      client.write(bytes)
      if (delivered >= heldFrom) upstream.pause()
    })
  })
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    port: () => {
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : 0
    },
    /** From now on delivers so many bytes and no more, until `release`. */
    hold(bytes: number) {
      delivered = 0
      heldFrom = bytes
    },
    release() {
      heldFrom = Number.POSITIVE_INFINITY
      for (const socket of sockets) socket.resume()
    },
    isHeld: () => delivered >= heldFrom,
    connections: () => sockets.size,
    /** Logins that were tried. */
    opened: () => opened,
  }
}
