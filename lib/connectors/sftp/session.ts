import type { Duplex } from 'node:stream'
import { within } from '#lib/core/within'
import { publicLineOf, readProofs, type SshProof } from '../_ssh/proofs.ts'
import { meet, type SshSession } from '../_ssh/session.ts'
import { reach } from '../_test/reach.ts'
import { since } from '../_test/stages.ts'
import type { Limits, Target, TestStage } from '../contract.ts'
import { Failure, failureOf, lateness, stage } from './failure.ts'
import type { manifest } from './manifest.ts'
import { type RemoteFiles, remoteFiles } from './remote-files.ts'

export type SftpTarget = Target<(typeof manifest)['config'], (typeof manifest)['credentials'][number]>

export interface Session {
  files: RemoteFiles
  socket: Duplex
  keyType: string
  fingerprint: string
  /** Time until the login was accepted, from the first packet on. */
  latency_ms: number
}

/** dns, tcp, server_key, authenticate: yields each stage and returns the open session, or throws the `Failure` it ended with. */
export async function* openSession(target: SftpTarget): AsyncGenerator<TestStage, Session> {
  const { config, net, limits } = target
  const proofs = readLogin(target)
  const began = performance.now()
  const { socket } = yield* reach(stage, net, config)
  const ssh = yield* stage('server_key', async () => {
    const met = await within(
      meet(socket, { user: proofs.username, accepted: config.host_key }),
      lateness('ssh.stalled', limits.auth_ms, socket),
    )
    return {
      value: met,
      sentence: `${met.keyType}, the key that was accepted.`,
      evidence: { key_type: met.keyType, fingerprint: met.fingerprint },
    }
  })
  return yield* stage('authenticate', async () => {
    await logIn(ssh, proofs, { socket, limits })
    const latency_ms = since(began)
    const files = remoteFiles(await within(ssh.sftp(), lateness('auth.timeout', limits.auth_ms, socket)), ssh.lost)
    const { keyType, fingerprint } = ssh
    return {
      value: { files, socket, keyType, fingerprint, latency_ms },
      sentence: `Logged in as ${proofs.username}.`,
      evidence: { username: proofs.username, method: proofs.method },
    }
  })
}

interface Proofs {
  username: string
  method: 'key' | 'password'
  list: readonly SshProof[]
}

/** A key that cannot be read is known before anything is dialled. */
const readLogin = (target: SftpTarget): Proofs => {
  try {
    return proofsOf(target)
  } catch (error) {
    throw failureOf(error, 'authenticate')
  }
}

/** What is shown to the server, and nothing but what the credential holds: no agent, no file, no environment (CONN-1). */
const proofsOf = ({ config, credential }: SftpTarget): Proofs => {
  if (!credential) {
    // Nobody has accepted the server's key yet: it is looked at, and nothing is shown in turn.
    if (config.host_key === undefined) return { username: 'jackfield', method: 'key', list: [] }
    throw new Failure('auth.no_credential')
  }
  const { username = '' } = credential
  if (username === '') throw new Failure('auth.no_username')
  if (credential.kind === 'password.basic') {
    if (!credential.password) throw new Failure('auth.no_password')
    const list = readProofs({ privateKey: undefined, passphrase: undefined, password: credential.password })
    return { username, method: 'password', list }
  }
  const { private_key: privateKey, passphrase } = credential
  if (!privateKey) throw new Failure('auth.no_key')
  return { username, method: 'key', list: readProofs({ privateKey, passphrase, password: undefined }) }
}

const logIn = async (
  ssh: SshSession,
  { list, method }: Proofs,
  { socket, limits }: { socket: Duplex; limits: Limits },
): Promise<void> => {
  const refused = () =>
    method === 'key' ? new Failure('auth.key_rejected', publicLineOf(list)) : new Failure('auth.password_rejected')
  const work = ssh.login(list).catch((error: unknown) => {
    throw Object(error).code === 'EAUTH' ? refused() : error
  })
  await within(work, lateness('auth.timeout', limits.auth_ms, socket))
}
