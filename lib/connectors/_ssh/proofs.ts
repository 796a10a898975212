import ssh2, { type ParsedKey } from 'ssh2'
import { SshFailure } from './failure.ts'

/** What proves us to the SSH server, in the order it is tried. */
export type SshProof = { key: ParsedKey } | { password: string }

export interface SshLogin {
  privateKey: string | undefined
  passphrase: string | undefined
  password: string | undefined
}

/** A login as what can be shown to the server: the key first, then the password. */
export const readProofs = ({ privateKey, passphrase, password }: SshLogin): SshProof[] => {
  const proofs: SshProof[] = [
    ...(privateKey ? [{ key: readKey(privateKey, passphrase) }] : []),
    ...(password ? [{ password }] : []),
  ]
  if (proofs.length === 0) throw new SshFailure('no_login')
  return proofs
}

const readKey = (text: string, passphrase: string | undefined): ParsedKey => {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase)
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (key instanceof Error) {
    const isLocked = /passphrase|integrity|decrypt|encrypted/i.test(key.message)
    throw new SshFailure(isLocked ? 'key_passphrase' : 'key_unreadable')
  }
  if (!key?.isPrivateKey()) throw new SshFailure('key_unreadable')
  return key
}

/** The public half of the key, for the line that lets it in. */
export const publicLineOf = (proofs: readonly SshProof[]): { publicKey?: string } => {
  const [proof] = proofs.filter((one) => 'key' in one)
  return proof ? { publicKey: `${proof.key.type} ${proof.key.getPublicSSH().toString('base64')}` } : {}
}
