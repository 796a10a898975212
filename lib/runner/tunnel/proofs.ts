import ssh2, { type ParsedKey } from 'ssh2'
import * as z from 'zod'
import { TunnelFailure } from './failure.ts'
import type { SshProof } from './session.ts'

const sshFields = z.object({
  ssh_private_key: z.string().optional(),
  ssh_passphrase: z.string().optional(),
  ssh_password: z.string().optional(),
})

/** The SSH part of a credential as what can be shown to the server: the key first, then the password. */
export const readProofs = (credential: Record<string, unknown> | undefined): SshProof[] => {
  const { ssh_private_key, ssh_passphrase, ssh_password } = sshFields.parse(credential ?? {})
  const proofs: SshProof[] = [
    ...(ssh_private_key ? [{ key: readKey(ssh_private_key, ssh_passphrase) }] : []),
    ...(ssh_password ? [{ password: ssh_password }] : []),
  ]
  if (proofs.length === 0) throw new TunnelFailure('tunnel.no_login')
  return proofs
}

const readKey = (text: string, passphrase: string | undefined): ParsedKey => {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase)
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (key instanceof Error) {
    const isLocked = /passphrase|integrity|decrypt|encrypted/i.test(key.message)
    throw new TunnelFailure(isLocked ? 'tunnel.key_passphrase' : 'tunnel.key_unreadable')
  }
  if (!key?.isPrivateKey()) throw new TunnelFailure('tunnel.key_unreadable')
  return key
}

/** The public half of the key, for the line that lets it in. */
export const publicLineOf = (proofs: readonly SshProof[]): { publicKey?: string } => {
  const [proof] = proofs.filter((one) => 'key' in one)
  return proof ? { publicKey: `${proof.key.type} ${proof.key.getPublicSSH().toString('base64')}` } : {}
}
