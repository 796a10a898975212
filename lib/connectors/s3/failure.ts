import { AppError } from '#lib/core/errors'
import { Failure as AnyFailure, isFailureOf, problemOf, reachFailure } from '../_test/failure.ts'
import { stagesOf } from '../_test/stages.ts'
import type { StageName } from '../contract.ts'
import { type CauseCode, causes, type FailureContext } from './causes.ts'

/** A failed stage in codes of S3's table. */
export class Failure extends AnyFailure<CauseCode, FailureContext> {}

const authCodes: Record<string, CauseCode | undefined> = {
  InvalidAccessKeyId: 'auth.key_unknown',
  InvalidClientTokenId: 'auth.key_unknown',
  SignatureDoesNotMatch: 'auth.signature',
  ExpiredToken: 'auth.expired',
  ExpiredTokenException: 'auth.expired',
  InvalidToken: 'auth.expired',
  TokenRefreshRequired: 'auth.expired',
  RequestTimeTooSkewed: 'auth.clock',
}

const placeCodes: Record<string, CauseCode | undefined> = {
  NoSuchBucket: 'bucket.not_found',
  AccessDenied: 'bucket.denied',
  AllAccessDisabled: 'bucket.denied',
  PermanentRedirect: 'region.wrong',
  TemporaryRedirect: 'region.wrong',
  AuthorizationHeaderMalformed: 'region.wrong',
  IllegalLocationConstraintException: 'region.wrong',
}

/** A code of the service as a failure of ours, and whether it is about who asks or about what is asked for. */
export const serviceFailure = (
  code: string,
  facts: Partial<FailureContext>,
): { stage: 'authenticate' | 'bucket'; failure: Failure } | undefined => {
  const auth = Object.hasOwn(authCodes, code) ? authCodes[code] : undefined
  if (auth) return { stage: 'authenticate', failure: new Failure(auth, facts) }
  const place = Object.hasOwn(placeCodes, code) ? placeCodes[code] : undefined
  return place && { stage: 'bucket', failure: new Failure(place, facts) }
}

/** What went wrong, from the network, from HTTP, or from what the store answered. */
export const failureOf = (error: unknown, stage: StageName): AnyFailure<CauseCode, FailureContext> => {
  if (isFailureOf(causes, error)) return error
  const { code: own, name, $metadata: metadata, $response: response } = Object(error)
  const code = String(own ?? '')
  if (code === 'ECANCELED') throw error
  const http = httpCodes[code]
  if (http) return new Failure(http, {}, { cause: error })
  const unreached = reachFailure(error, stage === 'dns')
  if (unreached && isFailureOf(causes, unreached)) return unreached
  if (code === 'EDEADLINE')
    return new Failure(stage === 'dns' ? 'dns.timeout' : stage === 'tcp' ? 'tcp.timeout' : 'auth.timeout')
  if (stage === 'dns') return new Failure('dns.failed', {}, { cause: error })
  if (stage === 'tcp') return new Failure('tcp.failed', {}, { cause: error })
  if (stage === 'tls') return new Failure('tls.handshake', {}, { cause: error })
  const status: unknown = metadata?.httpStatusCode ?? response?.statusCode
  const facts = { ...(typeof status === 'number' && { status }), ...factsOf(error) }
  const service = serviceFailure(String(name ?? ''), facts) ?? serviceFailure(String(Object(error).Code ?? ''), facts)
  if (service) return service.failure
  // A code that is in no table is still the answer of a store; what is none has no code.
  const isService = typeof Object(error).Code === 'string' && stage !== 'bucket'
  return isService && typeof status === 'number' && status < 500
    ? new Failure('auth.refused', facts, { cause: error })
    : byStatus(status, facts, error)
}

const byStatus = (status: unknown, facts: Partial<FailureContext>, cause: unknown): Failure => {
  if (status === 301 || status === 307) return new Failure('region.wrong', facts)
  if (status === 403) return new Failure('auth.refused', facts)
  if (typeof status === 'number' && status >= 500) return new Failure('bucket.failed', facts, { cause })
  return new Failure('protocol.not_s3', facts, { cause })
}

const factsOf = (error: unknown): Partial<FailureContext> => {
  const { Region: region, ServerTime: server, RequestTime: asked, $response: response } = Object(error)
  const named: unknown = region ?? response?.headers?.['x-amz-bucket-region']
  const skew = Math.abs(Date.parse(String(server)) - Date.now())
  return {
    ...(typeof named === 'string' && /^[a-z0-9-]{2,32}$/.test(named) && { found: named }),
    ...(asked !== undefined && Number.isFinite(skew) && { skew: `${Math.round(skew / 60_000)} minutes` }),
  }
}

const httpCodes: Record<string, CauseCode | undefined> = {
  'http.timeout': 'auth.timeout',
  'http.closed': 'protocol.closed',
  'http.malformed': 'protocol.not_s3',
  'http.bomb': 'protocol.not_s3',
  'http.not_tls': 'tls.handshake',
}

export const stage = stagesOf(causes, failureOf)

/** The same for work that shows no stages. */
export const explained = (error: unknown, context: FailureContext): unknown =>
  error instanceof AppError || String(Object(error).code) === 'ECANCELED'
    ? error
    : problemOf(causes, failureOf(error, 'bucket'), context)
