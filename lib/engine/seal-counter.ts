import type { Log } from '#lib/core/log'
import type { KeyHolder } from './keys.ts'
import { addSeals, writeRefusal } from './store.ts'

/** Half of 2^32, where AES-GCM under one key stops being safe: time enough to rotate (ENC-11). */
export const sealsMax = 2 ** 31
const every_ms = 5_000

/** Writes down how many secrets each key sealed; one that comes near its limit is said in the log and in the trail. */
export const flushSeals = async (keys: KeyHolder, log: Log): Promise<void> => {
  const ring = await keys.ring()
  for (const [id, count] of keys.takeSeals()) {
    const total = await addSeals(id, count, ring?.sources.get(id) ?? 'file')
    if (total < sealsMax || total - count >= sealsMax) continue
    log.warn({ key_id: id, seals: total }, `The key ${id} has sealed ${total} secrets. Add a new one and promote it.`)
    const actor = { kind: 'system', id: 'system', name: 'engine', workspaceId: '' } as const
    const subject = { type: 'encryption_key', id, details: { seals: total } }
    await writeRefusal({ event: 'key.near_limit', outcome: 'success', actor, subject })
  }
}

/** Counts in memory and writes every few seconds: what a crash loses is far below the distance to the limit. */
export const keepCounting = (keys: KeyHolder, log: Log): { stop(): Promise<void> } => {
  const flush = () =>
    flushSeals(keys, log).catch((error: unknown) => log.warn({ err: error }, 'seals could not be counted'))
  const timer = setInterval(flush, every_ms)
  return {
    stop() {
      clearInterval(timer)
      return flush()
    },
  }
}
