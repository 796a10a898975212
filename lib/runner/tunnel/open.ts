import type { Duplex } from 'node:stream'
import * as z from 'zod'
import { publicLineOf, readProofs } from '#lib/connectors/_ssh/proofs'
import { meet, type SshSession } from '#lib/connectors/_ssh/session'
import type { SshTunnel } from '#lib/connectors/_tunnel/fields'
import type { ConnectAttempt, Limits, Net, TestStage } from '#lib/connectors/contract'
import { type Lateness, within } from '#lib/core/within'
import type { Gate } from '../gate.ts'
import { failureOf, TunnelFailure } from './failure.ts'
import { netThrough } from './net.ts'

export interface TunnelWay {
  tunnel: SshTunnel
  credential: Record<string, unknown> | undefined
  /** The network as it is without the tunnel. */
  net: Net
  gate: Gate
  limits: Limits
}

/**
 * Reaches the SSH server, compares its key, logs in: yields each step as a stage of the test and returns the network as
 * it is seen from there. The SSH server itself is dialled through the egress gate like any other target (CONN-12).
 */
export async function* openTunnel({
  tunnel,
  credential,
  net,
  gate,
  limits,
}: TunnelWay): AsyncGenerator<TestStage, Net> {
  const { host, port, user } = tunnel
  const { socket, address } = yield* stage('tunnel', async () => {
    const attempts: ConnectAttempt[] = []
    const opened = await net.connect(await net.resolve(host), port, (attempt) => attempts.push(attempt))
    const reached = attempts.find(({ error }) => error === undefined)?.address ?? ''
    return {
      value: { socket: opened, address: reached },
      sentence: `${reached} answers on port ${port}.`,
      evidence: { address: reached, port, attempts: attempts.map((attempt) => ({ ...attempt })) },
    }
  })
  const session = yield* stage('host_key', async () => {
    const late = new TunnelFailure('tunnel.stalled')
    const met = await within(meet(socket, { user, accepted: tunnel.host_key }), lateness(late, socket, limits))
    return {
      value: met,
      sentence: `${met.keyType}, the key that was accepted.`,
      evidence: { key_type: met.keyType, fingerprint: met.fingerprint },
    }
  })
  yield* stage('tunnel_login', () => login(session, socket, { user, credential, limits }))
  return netThrough(session, { host, isHere: gate.isHere(address), gate, limits, socket })
}

const login = async (
  session: SshSession,
  socket: Duplex,
  { user, credential, limits }: { user: string; credential: TunnelWay['credential']; limits: Limits },
) => {
  const proofs = readProofs(loginOf(credential))
  const method = proofs.some((proof) => 'key' in proof) ? 'key' : 'password'
  const refused = () =>
    method === 'key'
      ? new TunnelFailure('tunnel.key_rejected', publicLineOf(proofs))
      : new TunnelFailure('tunnel.password_rejected')
  const work = session.login(proofs).catch((error: unknown) => {
    throw Object(error).code === 'EAUTH' ? refused() : error
  })
  await within(work, lateness(new TunnelFailure('tunnel.login_stalled'), socket, limits))
  return { value: undefined, sentence: `Logged in to the SSH server as ${user}.`, evidence: { user, method } }
}

const sshFields = z.object({
  ssh_private_key: z.string().optional(),
  ssh_passphrase: z.string().optional(),
  ssh_password: z.string().optional(),
})

/** The SSH part of a credential, whatever else it holds. */
const loginOf = (credential: TunnelWay['credential']) => {
  const {
    ssh_private_key: privateKey,
    ssh_passphrase: passphrase,
    ssh_password: password,
  } = sshFields.parse(credential ?? {})
  return { privateKey, passphrase, password }
}

const lateness = (late: TunnelFailure, socket: Duplex, { auth_ms: ms }: Limits): Lateness => ({
  ms,
  late,
  end: () => socket.destroy(),
})

interface Step<T> {
  value: T
  sentence: string
  evidence: NonNullable<TestStage['evidence']>
}

async function* stage<T>(
  name: 'tunnel' | 'host_key' | 'tunnel_login',
  work: () => Promise<Step<T>>,
): AsyncGenerator<TestStage, T> {
  yield { name, status: 'running' }
  const began = performance.now()
  const duration = () => Math.round((performance.now() - began) * 100) / 100
  try {
    const { value, sentence, evidence } = await work()
    yield { name, status: 'passed', duration_ms: duration(), sentence, evidence }
    return value
  } catch (error) {
    const failure = failureOf(error, name)
    const { found, keyType } = failure.facts
    const evidence = found === undefined ? {} : { evidence: { key_type: keyType ?? null, fingerprint: found } }
    yield { name, status: 'failed', duration_ms: duration(), ...evidence }
    throw failure
  }
}
