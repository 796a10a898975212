import { placeAt } from '../_http/address.ts'
import { causes, type HttpCode, type HttpFacts } from '../_http/causes.ts'
import type { Trust } from '../_http/line.ts'
import { causeOf, type Failure } from '../_test/failure.ts'
import type { Target, TestCause } from '../contract.ts'
import type { manifest } from './manifest.ts'

export type HttpTarget = Target<(typeof manifest)['config'], (typeof manifest)['credentials'][number]>

export const trustOf = ({ base_url, ssl_mode: mode, ssl_root_cert: rootCert }: HttpTarget['config']): Trust => ({
  ...placeAt(base_url),
  mode,
  rootCert,
})

/** The cause in the words of the table, at the field of the credential that is really there. */
export const explain = (failure: Failure<HttpCode, HttpFacts>, { config, credential }: HttpTarget): TestCause => {
  const cause = causeOf(causes, failure, placeAt(config.base_url))
  const isSecret = cause.field === '/credential/secret'
  return isSecret
    ? { ...cause, field: credential ? `/credential/${secretFields[credential.kind]}` : '/credential' }
    : cause
}

const secretFields = {
  'api_key.bearer': 'token',
  'api_key.key': 'api_key',
  'password.basic': 'password',
  'oauth.client': 'client_secret',
  'api_key.parts': 'headers',
} as const
