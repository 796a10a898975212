import { brokenCodes, lateCodes, latenessIn } from '../_sql/lateness.ts'
import { Failure as AnyFailure, isFailureOf, reachFailure } from '../_test/failure.ts'
import { stagesOf } from '../_test/stages.ts'
import { isCertificateRejected } from '../_tls/causes.ts'
import type { StageName } from '../contract.ts'
import { type CauseCode, causes, type FailureContext } from './causes.ts'

/** A failed stage in codes of PostgreSQL's table. */
export class Failure extends AnyFailure<CauseCode, FailureContext> {}

/** What went wrong on the way to the server, in the words of the stage it happened in. */
export const failureOf = (error: unknown, stage: StageName): AnyFailure<CauseCode, FailureContext> => {
  if (isFailureOf(causes, error)) return error
  const code = String(Object(error).code ?? '')
  // With TLS 1.3 the server judges our certificate when we think the handshake is over.
  if (isCertificateRejected(code)) return new Failure('tls.client_certificate_rejected', {}, { cause: error })
  if (code === 'ECANCELED') throw error
  const unreached = reachFailure(error, stage === 'dns')
  if (unreached) return unreached
  if (code === 'EDEADLINE') return new Failure(lateCodeOf(stage))
  const isConversation = stage === 'dns' || stage === 'tcp' || stage === 'tls' || stage === 'authenticate'
  if (!isConversation && !/terminat|closed/i.test(String(Object(error).message))) return new Failure('query.failed')
  return new Failure(brokenCodes[stage] ?? 'protocol.closed', {}, { cause: error })
}

export const stage = stagesOf(causes, failureOf)

const lateCodeOf = (stage: StageName): CauseCode =>
  Object.entries(lateCodes).find(([name]) => name === stage)?.[1] ?? lateCodes.database

export const lateness = latenessIn(lateCodes)
