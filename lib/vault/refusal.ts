/** Why an envelope was not opened. `unknown_key` means locked; everything else means damaged or tampered with. */
export type RefusalReason =
  | 'malformed'
  | 'unknown_format'
  | 'unknown_suite'
  | 'unknown_key'
  | 'commitment'
  | 'tag'
  | 'context'

/** The only error opening an envelope throws. It never holds key or secret material. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reason: RefusalReason
  /** The key that would be needed, where the header could be read. */
  readonly keyId: string | undefined

  constructor(reason: RefusalReason, keyId?: string) {
    super(`The envelope was refused: ${reason}`)
    this.reason = reason
    this.keyId = keyId
  }
}
