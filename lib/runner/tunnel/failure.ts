import { SshFailure } from '#lib/connectors/_ssh/failure'
import { type TunnelCode, type TunnelContext, tunnelCauses } from '#lib/connectors/_tunnel/causes'
import { NetError, type TestCause, type TestOutcome } from '#lib/connectors/contract'

/** Why the tunnel did not open. Holds only the code and harmless facts; what the server said stays out. */
export class TunnelFailure extends Error {
  override readonly name = 'TunnelFailure'
  readonly code: TunnelCode
  readonly facts: Partial<TunnelContext>
  constructor(code: TunnelCode, facts: Partial<TunnelContext> = {}, options?: ErrorOptions) {
    super(code, options)
    this.code = code
    this.facts = facts
  }
}

/** A test that ended at the tunnel, explained like any other. */
export const outcomeOf = (failure: TunnelFailure, context: TunnelContext): TestOutcome => {
  const cause = causeOf(failure, context)
  return { success: false, message: cause.sentence, driver: 'ssh2', server: null, cause, latency_ms: null }
}

export const causeOf = ({ code, facts }: TunnelFailure, context: TunnelContext): TestCause => {
  const row = tunnelCauses[code]
  const known = { ...context, ...facts }
  return { code, stage: row.stage, field: row.field, sentence: row.sentence(known), fix: row.fix?.(known) ?? null }
}

/** What went wrong, in the words of the stage it happened in; a cancelled run is no failure and goes on as it is. */
export const failureOf = (error: unknown, stage: 'tunnel' | 'host_key' | 'tunnel_login'): TunnelFailure => {
  if (error instanceof TunnelFailure) return error
  // A tunnel asks for no file transfer, so that code does not occur.
  if (error instanceof SshFailure && error.code !== 'no_sftp')
    return new TunnelFailure(`tunnel.${error.code}`, error.facts)
  const code = String(Object(error).code ?? '')
  if (code === 'ECANCELED') throw error
  if (code === 'EDEADLINE') return new TunnelFailure(lateCodes[stage])
  if (code === 'EBYTES') return new TunnelFailure('tunnel.flood')
  if (stage !== 'tunnel') return new TunnelFailure('tunnel.closed', {}, { cause: error })
  const detail = error instanceof NetError && code === 'EPOLICY' ? { detail: error.message } : {}
  return new TunnelFailure(netCodes[code] ?? 'tunnel.failed', detail, { cause: error })
}

const lateCodes = {
  tunnel: 'tunnel.timeout',
  host_key: 'tunnel.stalled',
  tunnel_login: 'tunnel.login_stalled',
} as const satisfies Record<string, TunnelCode>

const netCodes: Record<string, TunnelCode | undefined> = {
  EPOLICY: 'tunnel.refused_by_policy',
  ENOTFOUND: 'tunnel.not_found',
  EAI_NONAME: 'tunnel.not_found',
  EAI_NODATA: 'tunnel.not_found',
  ENODATA: 'tunnel.not_found',
  EAI_AGAIN: 'tunnel.dns_failed',
  EAI_TIMEOUT: 'tunnel.dns_failed',
  ECONNREFUSED: 'tunnel.refused',
  ETIMEDOUT: 'tunnel.timeout',
  ENETUNREACH: 'tunnel.unreachable',
  EHOSTUNREACH: 'tunnel.unreachable',
}
