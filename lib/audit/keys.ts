import { createPrivateKey, createPublicKey, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** What the audit key is used for, each with a key of its own. Only the engine holds them all. */
export interface AuditKeys {
  /** MACs the chain. */
  chain: KeyObject
  /** MACs each event where it is written: the one that web and commands get too. */
  origin: KeyObject
  /** Signs checkpoints. */
  signing: KeyObject
  verifying: KeyObject
}

export const deriveAuditKeys = (auditKey: Uint8Array): AuditKeys => {
  const seed = expand(auditKey, 'checkpoint signature')
  const signing = createPrivateKey({ key: Buffer.concat([pkcs8Ed25519, seed]), format: 'der', type: 'pkcs8' })
  return {
    chain: createSecretKey(expand(auditKey, 'chain')),
    origin: createSecretKey(deriveOriginKey(auditKey)),
    signing,
    verifying: createPublicKey(signing),
  }
}

/** Lets a process write events that are sealed later, and nothing else: the chain's key does not follow from it. */
export const deriveOriginKey = (auditKey: Uint8Array): Buffer => expand(auditKey, 'origin')

const expand = (key: Uint8Array, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `jackfield/audit/v1/${use}`, 32))

// Everything of the DER document that comes before the 32 bytes of an Ed25519 seed (RFC 8410).
const pkcs8Ed25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
