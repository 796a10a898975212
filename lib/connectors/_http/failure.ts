import { Failure as AnyFailure, isFailureOf, reachFailure } from '../_test/failure.ts'
import { stagesOf } from '../_test/stages.ts'
import type { StageName } from '../contract.ts'
import { causes, type HttpCode, type HttpFacts } from './causes.ts'

/** What went wrong with a request, in codes of the family's table. */
export class Failure extends AnyFailure<HttpCode, HttpFacts> {}

/** What an error means in the stage it came up in. Cancelling is no failure. */
export const failureOf = (error: unknown, stage: StageName): AnyFailure<HttpCode, HttpFacts> => {
  const code = String(Object(error).code ?? '')
  // A line that goes away in the middle of an answer reaches us as a handshake that ended.
  if (stage !== 'tls' && code === 'tls.handshake') return new Failure('http.closed', {}, { cause: error })
  if (isFailureOf(causes, error)) return error
  if (code === 'ECANCELED') throw error
  const unreached = reachFailure(error, stage === 'dns')
  if (unreached && isFailureOf(causes, unreached)) return unreached
  if (code === 'EDEADLINE') return new Failure(lateCodes[stage] ?? 'http.timeout')
  if (code.startsWith('HPE_') || code.startsWith('ERR_HTTP')) return malformed(code, error)
  if (stage === 'tls' && /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL/.test(code))
    return new Failure('http.not_tls', {}, { cause: error })
  if (code.startsWith('Z_') || code.startsWith('ERR_BUFFER') || /BROTLI|_ERROR_FORMAT/.test(code))
    return new Failure('http.bomb', {}, { cause: error })
  return new Failure(brokenCodes[stage] ?? 'http.closed', {}, { cause: error })
}

export const stage = stagesOf(causes, failureOf)

/** The parser's own names of what it refuses; they repeat nothing of the answer. */
const malformed = (code: string, cause: unknown): Failure =>
  new Failure(
    'http.malformed',
    {
      detail:
        reasons[code] ??
        code
          .replace(/^HPE_|^ERR_HTTP_?/, '')
          .toLowerCase()
          .replaceAll('_', ' '),
    },
    { cause },
  )

const reasons: Partial<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'its headers are too large',
  HPE_UNEXPECTED_CONTENT_LENGTH: 'it says twice how long it is',
  HPE_INVALID_CONTENT_LENGTH: 'it does not say how long it is',
  HPE_INVALID_TRANSFER_ENCODING: 'it does not say where it ends',
  HPE_INVALID_CONSTANT: 'it does not begin as HTTP does',
}

const brokenCodes: Partial<Record<StageName, HttpCode>> = { dns: 'dns.failed', tcp: 'tcp.failed', tls: 'tls.handshake' }
const lateCodes: Partial<Record<StageName, HttpCode>> = { dns: 'dns.timeout', tcp: 'tcp.timeout', tls: 'tls.timeout' }
