import { AppError } from '#lib/core/errors'
import type { RefusalReason } from '#lib/vault/refusal'

/**
 * A stored envelope that is not what was sealed, or does not stand where it was sealed to: changed, swapped, rolled
 * back, its destination emptied or replaced. Worth an alarm, never an answer.
 */
export class Tampered extends Error {
  override readonly name = 'Tampered'
  readonly reason: RefusalReason | 'key_id'
  readonly credentialName: string

  constructor(reason: RefusalReason | 'key_id', credentialName: string) {
    super(`A stored envelope was refused: ${reason}`)
    this.reason = reason
    this.credentialName = credentialName
  }
}

/** What the caller hears of it. */
export const tamperedError = (cause: Tampered): AppError =>
  new AppError(
    'credential_locked',
    `The stored secret of “${cause.credentialName}”, or where it may be sent, was changed outside Jackfield and is not used. Enter the secret again, and look at the audit trail.`,
    { cause },
  )
