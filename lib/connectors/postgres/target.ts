import type { Target } from '../contract.ts'
import { Failure } from './failure.ts'
import type { manifest } from './manifest.ts'
import type { SessionSettings } from './session.ts'
import type { ClientIdentity } from './tls.ts'

export type PostgresTarget = Target<(typeof manifest)['config'], (typeof manifest)['credentials'][number]>

/** What a session needs, every value from its typed field; without a credential nothing is dialled. */
export const settingsOf = ({ config, credential }: PostgresTarget): SessionSettings => {
  if (!credential || credential.username === '') throw new Failure('auth.no_credential')
  const { host, port, database, ssl_mode: mode, ssl_root_cert: rootCert } = config
  const { username, password } = credential
  return { host, port, database, mode, rootCert, username, password, identity: identityOf(credential) }
}

/** A certificate without its key, or the other way round, would fail at the server with a riddle. */
const identityOf = ({
  client_certificate: certificate,
  client_key: key,
  client_key_passphrase: passphrase,
}: NonNullable<PostgresTarget['credential']>): ClientIdentity | undefined => {
  if (certificate !== undefined && key !== undefined) return { certificate, key, passphrase }
  if (certificate === undefined && key === undefined) return undefined
  throw new Failure('tls.client_half')
}
