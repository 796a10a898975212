import { KeyProblem } from '#lib/vault/key-problem'
import { type Keyring, providerOf, ringFrom } from '#lib/vault/keyring'
import type { KeyProvider } from '#lib/vault/providers/provider'
import type { KeySettings } from '#lib/vault/services/settings'
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
  /** Where new keys are kept, and who we are to the key services. */
  settings?: KeySettings
}

/** How often a key that is not here is looked for again. */
const lookAgainMs = 1_000
/** How often a key service that did not answer is asked again. */
const askAgainMs = 5_000

/**
 * Loads the keys; throws a `KeyProblem` for keys nobody should use. A lost or damaged key file is no reason not to start
 * (ENC-17): the engine runs without keys, says so, and never makes new ones while sealed secrets wait for the old.
 */
export const holdKeys = async ({ folder, fromEnv, settings = {} }: KeySource): Promise<KeyHolder> => {
  let ring: Keyring | undefined
  let trouble: KeyProblem | undefined
  let created = false
  let seen: string | undefined
  let lookedAgain = 0
  let seals = new Map<string, number>()
  const provider = providerOf(folder, fromEnv, settings)

  const load = async (): Promise<void> => {
    trouble = undefined
    seen = provider.revision?.()
    const found = await loadUnlessTrouble(() => ringFrom(provider, false))
    if (found || trouble) {
      // Keys in memory outlive a file that was damaged or lost meanwhile; `status` says what is wrong with it.
      ring = found ?? ring
      return
    }
    if (ring) return
    // A database that cannot be asked may hold secrets; the next call asks again.
    if (await holdsSealedSecrets().catch(() => true)) return
    const made = await loadUnlessTrouble(() => ringFrom(provider, true))
    ring = made
    created ||= made?.created ?? false
  }
  const loadUnlessTrouble = async <T>(read: () => Promise<T | undefined>): Promise<T | undefined> => {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof KeyProblem) || (error.kind === 'refused' && !ring)) throw error
      trouble = error
      return undefined
    }
  }
  // Whoever asks while keys are being loaded waits for the same answer: a service is asked once.
  let loading: Promise<void> | undefined
  const loadOnce = (): Promise<void> => {
    lookedAgain = Date.now()
    loading ??= load().finally(() => {
      loading = undefined
    })
    return loading
  }

  const isStale = (needed: string | undefined): boolean => {
    const waited = Date.now() - lookedAgain
    if (provider.revision?.() !== seen) return true
    if (trouble?.kind === 'unavailable') return waited > askAgainMs
    if (!ring) return true
    return needed !== undefined && !ring.find(needed) && waited > (ring.absent.has(needed) ? askAgainMs : lookAgainMs)
  }
  const current = async (needed?: string): Promise<Keyring | undefined> => {
    if (!ring && loading) await loading
    else if (isStale(needed)) {
      // What is here goes on while a service is asked again.
      const mayWait = !ring || trouble?.kind !== 'unavailable'
      const loaded = loadOnce()
      if (mayWait) await loaded
      else void loaded.catch(() => {})
    }
    return ring
  }

  await loadOnce()
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
      const problem = problemOf(keys, await countByKey(), { folder, trouble })
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
  trouble: KeyProblem | undefined
}

const problemOf = (
  ring: Keyring | undefined,
  sealed: { keyId: string; credentials: number }[],
  { folder, trouble }: Place,
): string | null => {
  const locked = sealed.filter(({ keyId }) => !ring?.find(keyId))
  const count = locked.reduce((sum, { credentials }) => sum + credentials, 0)
  const ids = locked.map(({ keyId }) => keyId).join(', ')
  if (ring && trouble) return `${trouble.message} What runs goes on with the keys it has; the next start will not.`
  if (ring && count === 0) return null
  if (ring) {
    const absent = locked.map(({ keyId }) => ring.absent.get(keyId)).find((sentence) => sentence !== undefined)
    if (absent) return `${secrets(count)} locked: sealed with ${ids}, which cannot be had now. ${absent}`
    return `${secrets(count)} locked: sealed with ${ids}, which is not among the keys of this installation. Add the missing key, or enter these secrets again one by one.`
  }
  const isLocked = count > 0 ? ` ${secrets(count)} locked (sealed with ${ids}).` : ''
  // The key is not lost: nothing must be put back, only the service must answer.
  if (trouble?.kind === 'unavailable') return `${trouble.message}${isLocked} Jackfield asks again every few seconds.`
  const lost = trouble?.message ?? `The encryption key is missing: there is no encryption.json in ${folder}.`
  return `${lost}${isLocked} Put the key back from your backup or a recovery kit (npm run admin -- keys recovery-kit restore), or set JACKFIELD_ENCRYPTION_KEY and restart. If it is lost for good, make a new one with “npm run admin -- keys create” and enter each secret again.`
}

const secrets = (count: number): string => (count === 1 ? 'One stored secret is' : `${count} stored secrets are`)
