import { createServer, type Server, type Socket } from 'node:net'

/** A server that means ill, and everything it was told. */
export interface HostileServer {
  port: number
  /** All bytes it received, over all connections. */
  heard(): Buffer
  stop(): void
}

/** What it does with each connection; `first` resolves with what the client said first. */
export type Behaviour = (socket: Socket, chunk: Buffer, turn: number) => void

/** Speaks only when spoken to, as often as it is; `greet` runs when a client arrives. */
export const startHostile = (answer: Behaviour, greet: (socket: Socket) => void = () => {}): Promise<HostileServer> =>
  new Promise((resolve) => {
    const heard: Buffer[] = []
    const sockets = new Set<Socket>()
    const server: Server = createServer((socket) => {
      sockets.add(socket)
      let turn = 0
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
      socket.on('data', (chunk: Buffer) => {
        heard.push(chunk)
        answer(socket, chunk, turn++)
      })
      greet(socket)
    })
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as { port: number }).port,
        heard: () => Buffer.concat(heard),
        stop() {
          for (const socket of sockets) socket.destroy()
          server.close()
        },
      }),
    )
  })

/** Sends the same for ever, as fast as it is taken. */
export const flood = (socket: Socket, bytes: Buffer): void => {
  const pour = () => {
    while (socket.writable && socket.write(bytes));
  }
  socket.on('drain', pour)
  pour()
}
