import type { Tx } from '#lib/db/client'
import { engineStatus } from '#lib/engine/client'
import type { Whose } from './doing.ts'
import { listSealedElsewhere } from './store.ts'

const fresh_ms = 1_000
let last: { at: number; isLocked: Promise<(keyId: string) => boolean> } | undefined

/** Tells which sealing keys are missing here. Asked of the engine at most once a second; lists stay fast and never fail with it. */
export const lockCheck = (now = Date.now()): Promise<(keyId: string) => boolean> => {
  if (!last || now - last.at > fresh_ms) last = { at: now, isLocked: ask() }
  return last.isLocked
}

const ask = async (): Promise<(keyId: string) => boolean> => {
  try {
    const { key_ids } = await engineStatus()
    return (keyId) => !key_ids.includes(keyId)
  } catch {
    return () => false
  }
}

/** Credentials that cannot be opened with the keys that are there. */
export const listLocked = (tx: Tx, whose: Whose, keyIds: readonly string[]) => listSealedElsewhere(tx, whose, keyIds)
