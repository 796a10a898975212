import type { Duplex } from 'node:stream'
import { AppError } from '#lib/core/errors'
import type { Lateness } from '#lib/core/within'
import { SshFailure } from '../_ssh/failure.ts'
import { Failure as AnyFailure, isFailureOf, problemOf, reachFailure } from '../_test/failure.ts'
import { stagesOf } from '../_test/stages.ts'
import type { StageName } from '../contract.ts'
import { type CauseCode, causes, type FailureContext } from './causes.ts'

/** A failed stage in codes of SFTP's table. */
export class Failure extends AnyFailure<CauseCode, FailureContext> {}

export const failureOf = (error: unknown, stage: StageName): AnyFailure<CauseCode, FailureContext> => {
  if (isFailureOf(causes, error)) return error
  if (error instanceof SshFailure) return sshFailure(error)
  const code = String(Object(error).code ?? '')
  if (code === 'ECANCELED') throw error
  // The SSH session ended; with a tunnel underneath, that may have ended first.
  if (code === 'ETUNNEL') return new Failure('ssh.closed', {}, { cause: error })
  const unreached = reachFailure(error, stage === 'dns')
  if (unreached) return unreached
  if (code === 'EDEADLINE') return new Failure(lateCodes[stage] ?? 'folder.timeout')
  const status = stage === 'folder' ? statusCodes[code] : undefined
  return new Failure(status ?? brokenCodes[stage] ?? 'ssh.closed', {}, { cause: error })
}

export const stage = stagesOf(causes, failureOf)

/** The same for work that shows no stages. */
export const explained = (error: unknown, context: FailureContext): unknown =>
  error instanceof AppError || String(Object(error).code) === 'ECANCELED'
    ? error
    : problemOf(causes, failureOf(error, 'folder'), context)

const sshFailure = ({ code, facts, cause }: SshFailure): AnyFailure<CauseCode, FailureContext> => {
  const { found, keyType } = facts
  const evidence = found === undefined ? undefined : { key_type: keyType ?? null, fingerprint: found }
  return new Failure(sshCodes[code], facts, { cause, evidence })
}

const sshCodes = {
  host_key_unknown: 'ssh.host_key_unknown',
  host_key: 'ssh.host_key',
  not_ssh: 'ssh.not_ssh',
  no_common_algorithm: 'ssh.no_common_algorithm',
  no_login: 'auth.no_password',
  key_unreadable: 'auth.key_unreadable',
  key_passphrase: 'auth.key_passphrase',
  no_sftp: 'sftp.not_offered',
} as const satisfies Record<SshFailure['code'], CauseCode>

const brokenCodes: Partial<Record<StageName, CauseCode>> = {
  dns: 'dns.failed',
  tcp: 'tcp.failed',
  folder: 'folder.failed',
}

// SSH_FX_NO_SUCH_FILE and SSH_FX_PERMISSION_DENIED.
const statusCodes: Record<string, CauseCode | undefined> = { '2': 'folder.not_found', '3': 'folder.no_access' }

const lateCodes: Partial<Record<StageName, CauseCode>> = {
  dns: 'dns.timeout',
  tcp: 'tcp.timeout',
  server_key: 'ssh.stalled',
  authenticate: 'auth.timeout',
}

/** The time a step gets; what waits on the socket ends with it. */
export const lateness = (late: CauseCode, ms: number, socket: Duplex): Lateness => ({
  ms,
  late: new Failure(late),
  end: () => socket.destroy(),
})
