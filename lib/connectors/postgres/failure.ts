import type { Duplex } from 'node:stream'
import type { Lateness } from '#lib/core/within'
import { NetError, type TestCause } from '../contract.ts'
import { type CauseCode, causes, type FailureContext } from './causes.ts'

/** A failed stage. Holds only the code and harmless facts; what the server said stays out. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: CauseCode
  readonly facts: Partial<FailureContext>
  constructor(code: CauseCode, facts: Partial<FailureContext> = {}, options?: ErrorOptions) {
    super(code, options)
    this.code = code
    this.facts = facts
  }

  get stage(): TestCause['stage'] {
    return causes[this.code].stage
  }
}

export const causeOf = (failure: Failure, context: FailureContext): TestCause => {
  const cause = causes[failure.code]
  const facts = { ...context, ...failure.facts }
  const fix = cause.fix?.(facts) ?? null
  return { code: failure.code, stage: cause.stage, field: cause.field, sentence: cause.sentence(facts), fix }
}

/** What went wrong on the way to the server, in the words of the stage it happened in. */
export const failureOf = (error: unknown, stage: 'dns' | 'tcp' | 'tls' | 'authenticate' | 'database'): Failure => {
  if (error instanceof Failure) return error
  const code = String(Object(error).code ?? '')
  // With TLS 1.3 the server judges our certificate when we think the handshake is over.
  if (certificateAlerts.test(code)) return new Failure('tls.client_certificate_rejected', {}, { cause: error })
  if (code === 'ECANCELED') throw error
  const known = stage === 'dns' ? dnsCodes[code] : netCodes[code]
  if (known) return new Failure(known, error instanceof NetError && code === 'EPOLICY' ? { detail: error.message } : {})
  if (code === 'EDEADLINE') return new Failure(lateCodes[stage])
  if (stage === 'database' && !/terminat|closed/i.test(String(Object(error).message)))
    return new Failure('query.failed')
  if (stage === 'tls') return new Failure('tls.handshake', {}, { cause: error })
  return new Failure(
    stage === 'dns' ? 'dns.failed' : stage === 'tcp' ? 'tcp.failed' : 'protocol.closed',
    {},
    { cause: error },
  )
}

const certificateAlerts =
  /^ERR_SSL_(TLSV1|TLSV13|SSLV3)_ALERT_(CERTIFICATE|UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERT)/

const lateCodes = {
  dns: 'dns.timeout',
  tcp: 'tcp.timeout',
  tls: 'tls.timeout',
  authenticate: 'auth.timeout',
  database: 'query.timeout',
} as const satisfies Record<string, CauseCode>

/** The time a step gets; what waits on the socket ends with it. */
export const lateness = (step: keyof typeof lateCodes, ms: number, socket: Duplex): Lateness => ({
  ms,
  late: new Failure(lateCodes[step]),
  end: (late) => socket.destroy(late),
})

const dnsCodes: Record<string, CauseCode | undefined> = {
  EPOLICY: 'dns.refused_by_policy',
  ENOTFOUND: 'dns.not_found',
  EAI_NONAME: 'dns.not_found',
  EAI_NODATA: 'dns.not_found',
  ENODATA: 'dns.not_found',
  EAI_AGAIN: 'dns.failed',
  EAI_TIMEOUT: 'dns.timeout',
}

const netCodes: Record<string, CauseCode | undefined> = {
  EPOLICY: 'dns.refused_by_policy',
  ECONNREFUSED: 'tcp.refused',
  ETIMEDOUT: 'tcp.timeout',
  ENETUNREACH: 'tcp.unreachable',
  EHOSTUNREACH: 'tcp.unreachable',
  EADDRNOTAVAIL: 'tcp.unreachable',
  EBYTES: 'protocol.flood',
  // An SSH server looks the name up only when it is asked to connect.
  ENOTFOUND: 'dns.not_found',
  EFORWARD: 'tunnel.forwarding_refused',
  ETUNNEL: 'tunnel.lost',
}
