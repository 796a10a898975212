import { KeyProblem } from '#lib/vault/key-problem'
import { type Keyring, loadOrCreateKeyring, providerOf } from '#lib/vault/keyring'
import type { KeyProvider } from '#lib/vault/providers/provider'
import type { EngineStatus } from './protocol.ts'
import { countByKey, holdsSealedSecrets } from './store.ts'

export interface KeyHolder {
  /**
   * The keys, if there are any by now. A key put back, added or promoted, by whichever process, is found without a
   * restart; so is one that only an envelope knows of, if its id is given.
   */
  ring(needed?: string): Promise<Keyring | undefined>
  /** Counts one secret sealed with a key (ENC-11). */
  countSeal(id: string): void
  /** What was counted since the last time, by key. */
  takeSeals(): Map<string, number>
  provider: KeyProvider
  status(): Promise<Pick<EngineStatus, 'key_source' | 'key_ids' | 'primary_key_id' | 'problem'>>
  /** A first key was made at this start: time to back it up. */
  wasCreated(): boolean
}

export interface KeySource {
  folder: string
  fromEnv: string | undefined
}

/** How often a key that is not here is looked for again. */
const lookAgainMs = 1_000

/**
 * Loads the keys; throws a `KeyProblem` for keys nobody should use. A lost or damaged key file is no reason not to start
 * (ENC-17): the engine runs without keys, says so, and never makes new ones while sealed secrets wait for the old.
 */
export const holdKeys = async ({ folder, fromEnv }: KeySource): Promise<KeyHolder> => {
  let ring: Keyring | undefined
  let damage: string | undefined
  let created = false
  let seen: string | undefined
  let lookedAgain = 0
  let seals = new Map<string, number>()
  const provider = providerOf(folder, fromEnv)

  const load = async (): Promise<void> => {
    damage = undefined
    seen = provider.revision?.()
    const found = await loadUnlessDamaged(() => loadOrCreateKeyring(folder, fromEnv, { mayCreate: false }))
    if (found || damage !== undefined) {
      // Keys in memory outlive a file that was damaged or lost meanwhile; `status` says what is wrong with it.
      ring = found ?? ring
      return
    }
    if (ring) return
    // A database that cannot be asked may hold secrets; the next call asks again.
    if (await holdsSealedSecrets().catch(() => true)) return
    ring = await loadOrCreateKeyring(folder, fromEnv).then((made) => {
      created ||= made?.created ?? false
      return made
    })
  }
  const loadUnlessDamaged = async (read: () => Promise<Keyring | undefined>): Promise<Keyring | undefined> => {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof KeyProblem) || (error.kind !== 'damaged' && !ring)) throw error
      damage = error.message
      return undefined
    }
  }

  const isStale = (needed: string | undefined): boolean => {
    if (!ring || provider.revision?.() !== seen) return true
    if (needed === undefined || ring.find(needed) || Date.now() - lookedAgain < lookAgainMs) return false
    lookedAgain = Date.now()
    return true
  }
  const current = async (needed?: string): Promise<Keyring | undefined> => {
    if (isStale(needed)) await load()
    return ring
  }

  await load()
  return {
    provider,
    ring: current,
    countSeal: (id) => void seals.set(id, (seals.get(id) ?? 0) + 1),
    takeSeals() {
      const taken = seals
      seals = new Map()
      return taken
    },
    wasCreated: () => created,
    async status() {
      const keys = await current()
      const problem = problemOf(keys, await countByKey(), { folder, damage })
      return {
        key_source: keys?.source ?? 'missing',
        key_ids: keys?.ids ?? [],
        primary_key_id: keys?.primary.id ?? null,
        problem,
      }
    },
  }
}

interface Place {
  folder: string
  damage: string | undefined
}

const problemOf = (
  ring: Keyring | undefined,
  sealed: { keyId: string; credentials: number }[],
  { folder, damage }: Place,
): string | null => {
  const locked = sealed.filter(({ keyId }) => !ring?.find(keyId))
  const count = locked.reduce((sum, { credentials }) => sum + credentials, 0)
  const ids = locked.map(({ keyId }) => keyId).join(', ')
  if (ring && damage !== undefined) return `${damage} What runs goes on with the keys it has; the next start will not.`
  if (ring && count === 0) return null
  if (ring) {
    return `${secrets(count)} locked: sealed with ${ids}, which is not among the keys of this installation. Add the missing key, or enter these secrets again one by one.`
  }
  const lost = damage ?? `The encryption key is missing: there is no encryption.json in ${folder}.`
  return `${lost} ${count > 0 ? `${secrets(count)} locked (sealed with ${ids}). ` : ''}Put the key back from your backup or a recovery kit (npm run admin -- keys recovery-kit restore), or set JACKFIELD_ENCRYPTION_KEY and restart. If it is lost for good, make a new one with “npm run admin -- keys create” and enter each secret again.`
}

const secrets = (count: number): string => (count === 1 ? 'One stored secret is' : `${count} stored secrets are`)
