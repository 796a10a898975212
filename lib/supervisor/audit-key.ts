import path from 'node:path'
import { deriveOriginKey } from '#lib/audit/keys'
import { loadOrCreateKey } from '#lib/vault/keyring'

/** What lets a process write audit events that are sealed: derived from the audit key, which stays in the engine. */
export const originKeyOf = async (home: string): Promise<string> =>
  deriveOriginKey(await loadOrCreateKey(path.join(home, 'keys/audit.key'))).toString('base64url')
