/** A service that keeps a key of its own and wraps ours with it, so that no key lies open on the disk. */
export interface KeyService {
  /** Asks the service to encrypt a key, bound to the key's id. Answers what to ask for at the next start. */
  wrap(key: Buffer, id: string): Promise<WrappedKey>
  /** Asks it to decrypt one again. */
  unwrap(wrapped: string, id: string): Promise<Buffer>
}

export interface WrappedKey {
  /** The service's key exactly, with its version where the service has several. */
  reference: string
  wrapped: string
}

export const serviceKinds = ['aws-kms', 'gcp-kms', 'azure-key-vault', 'vault-transit'] as const
export type ServiceKind = (typeof serviceKinds)[number]
