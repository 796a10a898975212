import { createHmac } from 'node:crypto'
import { joinParts } from './parts.ts'
import { derive, keyLength } from './primitives.ts'
import type { Key, SealContext } from './seal.ts'
import { encodeFields, type SecretFields } from './secret-fields.ts'

/** What a fingerprint can be compared with: only its own credential, or every credential of the workspace. */
export type FingerprintReach = 'credential' | 'workspace'

/**
 * Tells whether a credential's secret is the one it was before, without telling anything else: keyed per workspace and
 * bound to the credential, so that equal passwords of two credentials look different, unless the workspace wants to see
 * where a secret is used twice (ENC-16).
 */
export const fingerprint = (
  fields: SecretFields,
  { workspaceId, credentialId }: Pick<SealContext, 'workspaceId' | 'credentialId'>,
  key: Key,
  reach: FingerprintReach = 'credential',
): string => {
  const workspaceKey = derive(key.secret, Buffer.from(workspaceId), Buffer.from('jackfield fingerprint v1'), keyLength)
  const content = encodeFields(fields)
  const digest = createHmac('sha256', workspaceKey)
    .update(joinParts([reach === 'workspace' ? '' : credentialId, content]))
    .digest('hex')
  workspaceKey.fill(0)
  content.fill(0)
  return digest.slice(0, 16)
}
