/** Where encryption keys come from. The first key seals; all of them open. */
export interface KeyProvider {
  readonly source: 'file' | 'env'
  /** The keys, undefined if the source has none. Throws a `KeyProblem` for keys that must not be used. */
  load(): Promise<Buffer[] | undefined>
  /** Makes a first key where there is none; absent for sources that people fill themselves. */
  create?(): Promise<boolean>
}
