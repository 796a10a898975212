import { createHash, timingSafeEqual } from 'node:crypto'
import type { Duplex } from 'node:stream'
import ssh2, {
  type AnyAuthMethod,
  type AuthHandlerMiddleware,
  type Client,
  type ClientChannel,
  type SFTPWrapper,
} from 'ssh2'
import { NetError } from '../contract.ts'
import { ChannelStream } from './channel.ts'
import { SshFailure } from './failure.ts'
import type { SshProof } from './proofs.ts'

export interface SshSession {
  fingerprint: string
  keyType: string
  /** Sends a proof for the first time; until then nothing secret has left. */
  login(proofs: readonly SshProof[]): Promise<void>
  /** A connection from the SSH server to a host and port that it resolves and reaches itself. */
  forward(host: string, port: number): Promise<Duplex>
  /** The server's file transfer. */
  sftp(): Promise<SFTPWrapper>
  /** Rejects when the connection ends, for whatever waits on it. */
  lost: Promise<never>
}

/** Nothing with SHA-1, CBC, small groups or compression; what OpenSSH has offered since 7.4 (2016). */
const algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
  ],
  serverHostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  cipher: ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  compress: ['none'],
} as const

/**
 * Talks to an SSH server as far as its key, which is compared before anything else is said: without an accepted key, or
 * with another one, the conversation ends here (CONN-12).
 */
export const meet = (socket: Duplex, { user, accepted }: { user: string; accepted: string | undefined }) => {
  const client = new ssh2.Client()
  const lost = Promise.withResolvers<never>()
  const met = Promise.withResolvers<void>()
  const ready = Promise.withResolvers<void>()
  const proofs = Promise.withResolvers<readonly SshProof[]>()
  const streams = new Set<Duplex>()
  let shown: { fingerprint: string; keyType: string } | undefined
  lost.promise.catch(() => {})
  const lose = (error: unknown) => {
    const reason = error instanceof NetError || error instanceof SshFailure ? error : lostError(error)
    lost.reject(reason)
    for (const stream of streams) stream.destroy(reason instanceof NetError ? reason : lostError(error))
    socket.destroy()
  }
  client.on('error', (error) => lose(shown ? afterKey(error) : beforeKey(error)))
  client.on('close', () => lose(undefined))
  client.on('handshake', () => met.resolve())
  client.on('ready', () => ready.resolve())
  client.connect({
    sock: socket as never,
    username: user,
    algorithms: { ...algorithms } as never,
    readyTimeout: 0,
    keepaliveInterval: 0,
    agentForward: false,
    hostVerifier: (key: Buffer) => {
      shown = { fingerprint: fingerprintOf(key), keyType: typeOf(key) }
      if (accepted !== undefined && isSame(shown.fingerprint, accepted)) return true
      lose(new SshFailure(accepted === undefined ? 'host_key_unknown' : 'host_key', factsOf(shown)))
      return false
    },
    authHandler: nextProof(user, proofs.promise),
  })

  const session = async (): Promise<SshSession> => {
    await Promise.race([met.promise, lost.promise])
    return {
      fingerprint: shown?.fingerprint ?? '',
      keyType: shown?.keyType ?? '',
      async login(list) {
        proofs.resolve(list)
        await Promise.race([ready.promise, lost.promise])
      },
      forward: (host, port) => Promise.race([openChannel(client, host, port, streams), lost.promise]),
      sftp: () => Promise.race([openSftp(client), lost.promise]),
      lost: lost.promise,
    }
  }
  return session()
}

const openChannel = (client: Client, host: string, port: number, streams: Set<Duplex>): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, host, port, (error: Error | undefined, channel: ClientChannel) => {
      if (error) return reject(forwardError(error))
      const stream = new ChannelStream(channel)
      streams.add(stream)
      stream.once('close', () => streams.delete(stream))
      // Between here and the driver's own listener an error must not become an uncaught one.
      stream.on('error', () => {})
      resolve(stream)
    })
  })

const openSftp = (client: Client): Promise<SFTPWrapper> =>
  new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) return reject(new SshFailure('no_sftp', {}, { cause: error }))
      // ssh2 throws what nobody listens to.
      sftp.on('error', () => {})
      resolve(sftp)
    })
  })

const lostError = (cause: unknown): NetError => new NetError('ETUNNEL', 'The SSH connection ended.', { cause })

/** Which of the server's texts mean what; they are read to tell cases apart, never shown. */
const forwardError = (error: Error): NetError => {
  const { reason } = Object(error) as { reason?: unknown }
  if (reason === 1 || reason === 3) return new NetError('EFORWARD', 'The SSH server does not forward there.')
  const code = forwardCodes.find(([pattern]) => pattern.test(error.message))?.[1]
  return new NetError(code ?? (reason === 2 ? 'EHOSTUNREACH' : 'ETUNNEL'), 'The SSH server cannot connect there.')
}

const forwardCodes: [RegExp, string][] = [
  [/refused/i, 'ECONNREFUSED'],
  [/timed? ?out/i, 'ETIMEDOUT'],
  [/not known|no address|not found|name resolution/i, 'ENOTFOUND'],
  [/unreachable|no route/i, 'EHOSTUNREACH'],
]

/** Nobody who speaks SSH has shown a key yet. */
const beforeKey = (error: Error): unknown => {
  const { message } = error
  const missing = /no matching (?:[CS]->[CS] )?(.+)$/.exec(message)?.[1]
  if (missing !== undefined) return new SshFailure('no_common_algorithm', { detail: `no usable ${missing}` })
  if (error instanceof NetError) return error
  const isOther = /identification string|greeting|before handshake|Packet length|malformed/i.test(message)
  return isOther ? new SshFailure('not_ssh', {}, { cause: error }) : error
}

const afterKey = (error: Error): unknown =>
  Object(error).level === 'client-authentication' ? new NetError('EAUTH', 'The SSH login was refused.') : error

const nextProof = (user: string, proofs: Promise<readonly SshProof[]>): AuthHandlerMiddleware => {
  const tried = new Set<string>()
  return (_left, _partial, next) => {
    void proofs.then((list) => {
      const method = list.flatMap((proof) => methodsOf(user, proof)).find(({ type }) => !tried.has(type))
      if (method) tried.add(method.type)
      // No further one ends the login; the type of ssh2 does not know that.
      next(method ?? (false as never))
    })
  }
}

const methodsOf = (username: string, proof: SshProof): AnyAuthMethod[] =>
  'key' in proof
    ? [{ type: 'publickey', username, key: proof.key }]
    : [
        { type: 'password', username, password: proof.password },
        // What servers with PAM call the same question.
        {
          type: 'keyboard-interactive',
          username,
          prompt: (_name, _instructions, _language, prompts, answer) =>
            answer(prompts.length === 1 ? [proof.password] : []),
        },
      ]

const factsOf = ({ fingerprint, keyType }: { fingerprint: string; keyType: string }) => ({
  found: fingerprint,
  keyType,
})

/** As `ssh-keygen -lf` shows it. */
const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

// A key begins with the name of its type.
const typeOf = (key: Buffer): string => {
  const name = key.subarray(4, 4 + Math.min(key.readUInt32BE(0), 64)).toString('latin1')
  return /^[\w@.-]+$/.test(name) ? name : 'unknown'
}
