import type { ServiceKind } from '../services/service.ts'

export type SourceKind = 'file' | 'env' | ServiceKind

export interface LoadedKey {
  bytes: Buffer
  /** Where it is kept: `file`, `env`, or the service and its key that wraps it. */
  source: string
}

export interface LoadedKeys {
  /** The first key seals; all of them open. */
  keys: LoadedKey[]
  /** Keys that are listed and could not be had now, by id, with the sentence that says why. */
  absent: ReadonlyMap<string, string>
}

/** Where encryption keys come from. */
export interface KeyProvider {
  /**
   * The keys, undefined if the source has none. Throws a `KeyProblem` for keys that must not be used, and where the one
   * that seals cannot be had. A service is asked once for each key, `afresh` again: does it still answer?
   */
  load(options?: { afresh?: boolean }): Promise<LoadedKeys | undefined>
  /** Makes a first key where there is none; absent for sources that people fill themselves. */
  create?(): Promise<boolean>
  /** Changes when the keys may have; absent for sources that stay as they are while the process runs. */
  revision?(): string | undefined
  /** Changes to the list; absent for sources that people fill themselves. The caller makes sure to be the only one. */
  change?: KeyChanges
}

export interface KeyChanges {
  /** Puts keys behind those that are there; without any, a new one is drawn and kept where new keys are. */
  add(keys?: readonly Buffer[]): Promise<{ id: string; source: string }[]>
  /** Lets a key seal from now on. */
  promote(id: string): Promise<void>
  /** Takes a key out of the list and into a file of its own, for backups that still need it. Answers that file. */
  retire(id: string): Promise<string>
}

export const kindOfSource = (source: string): SourceKind => {
  const [kind = ''] = source.split(':')
  return sourceKinds.find((known) => known === kind) ?? 'file'
}

const sourceKinds = ['file', 'env', 'aws-kms', 'gcp-kms', 'azure-key-vault', 'vault-transit'] as const
