/** Facts of the key that a server showed, and of what no agreement was reached on. */
export interface SshFacts {
  found?: string
  keyType?: string
  detail?: string
}

export type SshCode =
  | 'host_key_unknown'
  | 'host_key'
  | 'not_ssh'
  | 'no_common_algorithm'
  | 'no_login'
  | 'key_unreadable'
  | 'key_passphrase'
  | 'no_sftp'

/** Why an SSH session did not come about, for whoever wanted it to put into words. What the server said stays out. */
export class SshFailure extends Error {
  override readonly name = 'SshFailure'
  readonly code: SshCode
  readonly facts: SshFacts
  constructor(code: SshCode, facts: SshFacts = {}, options?: ErrorOptions) {
    super(code, options)
    this.code = code
    this.facts = facts
  }
}
