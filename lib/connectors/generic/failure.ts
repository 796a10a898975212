import type { Duplex } from 'node:stream'
import type { Lateness } from '#lib/core/within'
import { Failure as AnyFailure, isFailureOf, reachFailure } from '../_test/failure.ts'
import { stagesOf } from '../_test/stages.ts'
import type { StageName } from '../contract.ts'
import { type CauseCode, causes, type FailureContext } from './causes.ts'

/** A failed stage in codes of this connector's table. */
export class Failure extends AnyFailure<CauseCode, FailureContext> {}

export const failureOf = (error: unknown, stage: StageName): AnyFailure<CauseCode, FailureContext> => {
  if (isFailureOf(causes, error)) return error.code === 'tls.handshake' && isNoTls(error.cause) ? noTls(error) : error
  const code = String(Object(error).code ?? '')
  if (code === 'ECANCELED') throw error
  const unreached = reachFailure(error, stage === 'dns')
  if (unreached) return unreached
  if (code === 'EDEADLINE') return new Failure(lateCodes[stage] ?? 'banner.silent', {}, { cause: error })
  if (isNoTls(error)) return noTls(error)
  return new Failure(brokenCodes[stage] ?? 'banner.closed', {}, { cause: error })
}

export const stage = stagesOf(causes, failureOf)

/** The time TLS gets; the socket ends with it. */
export const tlsLateness = (ms: number, socket: Duplex): Lateness => ({
  ms,
  late: new Failure('tls.timeout'),
  end: (late) => socket.destroy(late),
})

const noTls = (cause: unknown): Failure => new Failure('tls.not_tls', {}, { cause })
const isNoTls = (error: unknown): boolean => plainAnswers.has(String(Object(error).code ?? ''))

// What OpenSSL says when the answer is no TLS record.
const plainAnswers = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_RECORD_LAYER_FAILURE',
  'ERR_SSL_HTTP_REQUEST',
])

const brokenCodes: Partial<Record<StageName, CauseCode>> = {
  dns: 'dns.failed',
  tcp: 'tcp.failed',
  tls: 'tls.handshake',
}

const lateCodes: Partial<Record<StageName, CauseCode>> = { dns: 'dns.timeout', tcp: 'tcp.timeout', tls: 'tls.timeout' }
