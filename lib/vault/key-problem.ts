/**
 * A key that cannot be used, in a sentence that says what to do and never shows the key.
 * `refused`: somebody must choose (weak, readable by others, beside a dump), so nothing starts. `damaged`: a key file
 * that holds no keys at all is as good as lost, and a lost key must not take the product down (ENC-17). `unavailable`: a
 * key service that does not answer, or not to us; it is asked again.
 */
export class KeyProblem extends Error {
  override readonly name = 'KeyProblem'
  readonly kind: 'refused' | 'damaged' | 'unavailable' | 'unavailable'

  constructor(kind: 'refused' | 'damaged' | 'unavailable' | 'unavailable', sentence: string) {
    super(sentence)
    this.kind = kind
  }
}
