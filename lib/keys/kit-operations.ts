import * as z from 'zod'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { readKeyring } from '#lib/engine/client'
import { findKeys, lockKeys, saveKitExport } from './store.ts'

/**
 * Records that a recovery kit leaves, before it does, once for each key. The kit itself is made by the command: its shares
 * pass no web process, so this has no route.
 */
export const recordKitExport = operation({
  summary: 'Record the export of a recovery kit',
  effect: 'write',
  permission: 'keys:write',
  recentSignIn: true,
  audit: 'key.kit_exported',
  input: z.strictObject({ kit_id: z.string(), key_ids: z.array(z.string()).min(1) }),
  output: z.object({ key_ids: z.array(z.string()) }),
  async run({ kit_id, key_ids }, { tx, subject }) {
    await lockKeys(tx)
    const { source, key_ids: held } = await readKeyring()
    if (held.join() !== key_ids.join()) throw new AppError('conflict', 'The keys changed meanwhile. Try again.')
    const exported = (await findKeys(tx)).filter(({ kitExportedAt }) => kitExportedAt !== null).map(({ id }) => id)
    if (key_ids.every((id) => exported.includes(id))) throw new AppError('conflict', exportedBefore)
    await saveKitExport(tx, key_ids, source)
    subject({ type: 'encryption_key', id: key_ids[0] ?? '', details: { kit_id, key_ids } })
    return { key_ids }
  },
})

/** Lets a command put keys back into a key file that others may be changing, and records which. */
export const restoreUnderLock = operation({
  summary: 'Bring encryption keys back from a recovery kit',
  effect: 'write',
  permission: 'keys:write',
  recentSignIn: true,
  audit: 'key.kit_restored',
  input: z.strictObject({ work: z.custom<() => Promise<string[]>>((value) => typeof value === 'function') }),
  output: z.object({ ids: z.array(z.string()) }),
  async run({ work }, { tx, subject }) {
    await lockKeys(tx)
    const ids = await work()
    subject({ type: 'encryption_key', id: ids[0] ?? '', details: { key_ids: ids } })
    return { ids }
  },
})

const exportedBefore =
  'A recovery kit of these keys was exported before, and a key leaves once. If its shares are lost or were seen by others, rotate: keys add, keys promote, keys rewrap, keys retire. Then export the kit of the new key.'
