/** Where encryption keys come from. The first key seals; all of them open. */
export interface KeyProvider {
  readonly source: 'file' | 'env'
  /** The keys, undefined if the source has none. Throws a `KeyProblem` for keys that must not be used. */
  load(): Promise<Buffer[] | undefined>
  /** Makes a first key where there is none; absent for sources that people fill themselves. */
  create?(): Promise<boolean>
  /** Changes when the keys may have; absent for sources that stay as they are while the process runs. */
  revision?(): string | undefined
  /** Changes to the list; absent for sources that people fill themselves. The caller makes sure to be the only one. */
  change?: KeyChanges
}

export interface KeyChanges {
  /** Puts keys behind those that are there; a new one is drawn where none are given. Answers their ids. */
  add(keys?: readonly Buffer[]): Promise<string[]>
  /** Lets a key seal from now on. */
  promote(id: string): Promise<void>
  /** Takes a key out of the list and into a file of its own, for backups that still need it. Answers that file. */
  retire(id: string): Promise<string>
}
