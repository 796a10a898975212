import { identityOf } from '../_tls/tls.ts'
import type { Target } from '../contract.ts'
import { Failure } from './failure.ts'
import type { manifest } from './manifest.ts'
import type { SessionSettings } from './session.ts'

export type MysqlTarget = Target<(typeof manifest)['config'], (typeof manifest)['credentials'][number]>

/** What a session needs, every value from its typed field; without a credential nothing is dialled. */
export const settingsOf = ({ config, credential }: MysqlTarget): SessionSettings => {
  if (!credential || credential.username === '') throw new Failure('auth.no_credential')
  const { host, port, database, ssl_mode: mode, ssl_root_cert: rootCert } = config
  const { username, password } = credential
  return { host, port, database, mode, rootCert, username, password, identity: identityOf(credential) }
}
