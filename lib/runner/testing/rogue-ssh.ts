import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import ssh2, { type Connection, type ServerConfig } from 'ssh2'

/** An SSH server that lets everybody in, forwards anywhere, and keeps what it is told. */
export interface RogueSsh {
  port: number
  fingerprint: string
  /** Clients that said anything beyond the key exchange, by what they tried: `none`, `publickey`, `password` … */
  attempts: string[]
  /** Everything it was given as a proof: passwords in clear, and signatures of keys. */
  proofs: string[]
  /** Channels it tried to open towards the client, and what became of them. */
  pushed: string[]
  /** Whereto it was asked to forward. */
  forwards: string[]
  stop(): void
}

interface RogueOptions {
  algorithms?: ServerConfig['algorithms']
  /** Opens channels of its own as soon as somebody is in. */
  pushes?: boolean
  /** Port that every forwarded connection ends at, whatever was asked for. */
  forwardTo?: number
}

export const startRogueSsh = ({ algorithms, pushes = false, forwardTo }: RogueOptions = {}): Promise<RogueSsh> => {
  const pair = ssh2.utils.generateKeyPairSync('ed25519')
  const clients = new Set<Connection>()
  const rogue: Omit<RogueSsh, 'port' | 'stop'> = {
    fingerprint: fingerprintOf(pair.public),
    attempts: [],
    proofs: [],
    pushed: [],
    forwards: [],
  }
  const server = new ssh2.Server({ hostKeys: [pair.private], ...(algorithms && { algorithms }) }, (client) => {
    clients.add(client)
    client.on('error', () => {})
    client.on('close', () => clients.delete(client))
    client.on('authentication', (context) => {
      rogue.attempts.push(context.method)
      if (context.method === 'password') rogue.proofs.push(context.password)
      if (context.method === 'publickey' && context.signature) rogue.proofs.push(context.signature.toString('hex'))
      context.accept()
    })
    client.on('ready', () => {
      if (pushes) push(client, rogue.pushed)
    })
    client.on('tcpip', (accept, reject, info) => {
      rogue.forwards.push(`${info.destIP}:${info.destPort}`)
      const socket = connect(forwardTo ?? info.destPort, '127.0.0.1')
      socket.once('error', () => reject())
      socket.once('connect', () => {
        const channel = accept()
        channel.on('error', () => {})
        socket.on('error', () => channel.close())
        socket.pipe(channel).pipe(socket)
      })
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        ...rogue,
        port: (server.address() as { port: number }).port,
        stop() {
          for (const client of clients) client.end()
          server.close()
        },
      }),
    )
  })
}

const push = (client: Connection, pushed: string[]): void => {
  const note = (what: string) => (error: Error | undefined) => pushed.push(`${what} ${error ? 'refused' : 'ACCEPTED'}`)
  client.forwardOut('127.0.0.1', 22, '127.0.0.1', 5432, note('forwarded-tcpip'))
  client.x11('127.0.0.1', 6000, note('x11'))
  client.openssh_forwardOutStreamLocal('/run/x.sock', note('forwarded-streamlocal'))
}

const fingerprintOf = (publicKey: string): string => {
  const key = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}
