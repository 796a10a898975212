import { brokenCodes, latenessIn, lateCodes as sharedLateCodes } from '../_sql/lateness.ts'
import { Failure as AnyFailure, isFailureOf, reachFailure } from '../_test/failure.ts'
import { stagesOf } from '../_test/stages.ts'
import { isCertificateRejected } from '../_tls/causes.ts'
import type { StageName } from '../contract.ts'
import { type CauseCode, causes, type FailureContext } from './causes.ts'

/** A failed stage in codes of MySQL's table. */
export class Failure extends AnyFailure<CauseCode, FailureContext> {}

/** What went wrong, in the words of the stage it happened in. Text of the server is read to tell cases apart, never shown. */
export const failureOf = (error: unknown, stage: StageName): AnyFailure<CauseCode, FailureContext> => {
  if (isFailureOf(causes, error)) return error
  const { code, errno, message }: { code?: unknown; errno?: unknown; message?: unknown } = Object(error)
  if (code === 'ECANCELED') throw error
  if (isCertificateRejected(code)) return new Failure('tls.client_certificate_rejected')
  const unreached = reachFailure(error, stage === 'dns')
  if (unreached) return unreached
  if (code === 'EDEADLINE') return new Failure(lateCode(stage))
  if (typeof errno === 'number' && errno >= 1000) return serverFailure(errno, String(message ?? ''), stage)
  return new Failure(brokenCodes[stage] ?? 'protocol.closed', {}, { cause: error })
}

export const stage = stagesOf(causes, failureOf)

/** What an error of the server means. From its text only the address it sees us at is taken, and which proxy speaks. */
export const serverFailure = (number: number, message: string, stage: StageName): Failure => {
  const client = clientOf(message)
  const facts = { number, ...(client !== undefined && { client }) }
  if (/^proxysql error|\bmaxscale\b|hostgroup/i.test(message) && number !== 1045)
    return new Failure('server.proxy', { ...facts, detail: /maxscale/i.test(message) ? 'MaxScale' : 'ProxySQL' })
  if (/insecure transport|ssl connection is required|requires? (?:an? )?(?:ssl|tls|secure)/i.test(message))
    return new Failure('tls.required_by_server', facts)
  const known = numbers[number]
  if (known) return new Failure(known, facts)
  return new Failure(
    stage === 'banner' || stage === 'tls' || stage === 'authenticate' ? 'server.refused' : 'query.failed',
    facts,
  )
}

const numbers: Record<number, CauseCode | undefined> = {
  1040: 'server.too_many_connections',
  1041: 'server.too_many_connections',
  1043: 'protocol.closed',
  1044: 'database.no_access',
  1045: 'auth.password_rejected',
  1049: 'database.not_found',
  1053: 'server.starting',
  1077: 'server.starting',
  1079: 'server.starting',
  1129: 'server.host_blocked',
  1130: 'auth.host_not_allowed',
  1203: 'auth.user_limit',
  1226: 'auth.user_limit',
  1251: 'auth.unsupported_method',
  1524: 'auth.unsupported_method',
  1698: 'auth.socket_only',
  1820: 'auth.password_expired',
  1862: 'auth.password_expired',
  1969: 'query.timeout',
  3024: 'query.timeout',
  3118: 'auth.account_locked',
  3159: 'tls.required_by_server',
  3955: 'auth.account_locked',
  4151: 'auth.account_locked',
  9000: 'auth.host_not_allowed',
  9001: 'server.proxy',
  9002: 'tls.required_by_server',
}

const clientOf = (message: string): string | undefined =>
  /^(?:Access denied for user '.*'@|Host )'([\w.:-]{1,253})'/s.exec(message)?.[1]

const lateCodes = {
  ...sharedLateCodes,
  banner: 'protocol.silent',
} as const satisfies Partial<Record<StageName, CauseCode>>

const lateCode = (stage: StageName): CauseCode =>
  Object.entries(lateCodes).find(([name]) => name === stage)?.[1] ?? lateCodes.database

export const lateness = latenessIn(lateCodes)
