import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Meddling {
  /** What the server is told instead of what the client says. */
  change?(said: Buffer): Buffer
  /** Whether a line is led to the server; what is said on others is lost. Asked with their first bytes, or with none where the server speaks first. */
  leads?(line: number, first: Buffer): boolean
  /** The server does not learn that a client has gone. */
  keepsLines?: boolean
}

export interface Meddler {
  port: number
  /** Lines on which nothing was led on. */
  lost(): number
  stop(): void
}

/** Stands between a client and a real server, and means ill. */
export const startMeddler = async (
  port: number,
  { change = (said) => said, leads = () => true, keepsLines = false }: Meddling,
  speaksFirst: 'client' | 'server' = 'client',
): Promise<Meddler> => {
  const sockets = new Set<Socket>()
  let lines = 0
  let lost = 0
  const keep = (socket: Socket) =>
    void sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)))
  const lead = (client: Socket, first: Buffer): void => {
    const server = connect({ host: '127.0.0.1', port })
    keep(server)
    server.write(change(first))
    client.on('data', (said: Buffer) => server.write(change(said)))
    server.on('data', (said: Buffer) => void (client.writable && client.write(said)))
    server.on('close', () => client.destroy())
    client.on('close', () => void (keepsLines || server.destroy()))
  }
  const take = (client: Socket, line: number, first: Buffer): void => {
    if (leads(line, first)) lead(client, first)
    else {
      lost += 1
      client.destroy()
    }
  }
  const listening = createServer((client) => {
    const line = lines++
    keep(client)
    if (speaksFirst === 'server') take(client, line, Buffer.alloc(0))
    else client.once('data', (first: Buffer) => take(client, line, first))
  })
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const address = listening.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    lost: () => lost,
    stop() {
      for (const socket of sockets) socket.destroy()
      listening.close()
    },
  }
}
