import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { changeKeyring, examineKeys, readKeyring } from '#lib/engine/client'
import { adviceOn } from './advice.ts'
import { doctorView, keyChanged, keyList, keyRef, noInput, rewrapView } from './schema.ts'
import { countNeeded, findKeys, findLastRewrap, insertRewrap, lockKey, lockKeys, saveKey } from './store.ts'
import { keyViews, rewrapViewOf } from './view.ts'

export const listKeys = operation({
  summary: 'List the encryption keys, what needs them, and how far a move of secrets is',
  effect: 'read',
  permission: 'keys:read',
  audit: 'none',
  input: noInput,
  output: keyList,
  async run(_input, { db }) {
    const ring = await readKeyring()
    const [stored, needed, rewrap] = [await findKeys(db), await countNeeded(db), await findLastRewrap(db)]
    const { source, changeable, problem } = ring
    const keys = keyViews(ring, stored, needed)
    return { source, changeable, keys, rewrap: rewrap && rewrapViewOf(rewrap), problem }
  },
})

export const addKey = operation({
  summary: 'Add an encryption key; it opens only, until it is promoted',
  effect: 'write',
  permission: 'keys:write',
  recentSignIn: true,
  audit: 'key.added',
  input: noInput,
  output: keyChanged,
  async run(_input, { tx, subject, validateOnly }) {
    refuseTrial(validateOnly)
    await lockKeys(tx)
    const { id, source = 'file' } = await changeKeyring({ change: 'add' })
    await saveKey(tx, { id, source, state: 'open_only' })
    subject({ type: 'encryption_key', id, details: { source } })
    return { id, next: 'Back the keys up now, apart from the database. Then promote the new one.' }
  },
})

export const promoteKey = operation({
  summary: 'Let an encryption key seal everything from now on; the others still open',
  effect: 'write',
  permission: 'keys:write',
  recentSignIn: true,
  audit: 'key.promoted',
  input: keyRef,
  output: keyChanged,
  async run({ id }, { tx, subject, validateOnly }) {
    refuseTrial(validateOnly)
    await lockKeys(tx)
    const { source, key_ids } = await readKeyring()
    requireKey(key_ids, id)
    if (key_ids[0] === id) throw new AppError('conflict', 'This key seals already.')
    await requireNoRewrap((await findLastRewrap(tx))?.state)
    await changeKeyring({ change: 'promote', id })
    const before = key_ids[0]
    if (before !== undefined) await saveKey(tx, { id: before, source, state: 'open_only' })
    await saveKey(tx, { id, source, state: 'primary', promotedAt: new Date() })
    subject({ type: 'encryption_key', id, details: { before: before ?? null } })
    return { id, next: 'New secrets are sealed with it. Move the stored ones to it now.' }
  },
})

export const rewrapSecrets = operation({
  summary: 'Move every stored secret to the primary key, in the background',
  effect: 'write',
  permission: 'keys:write',
  recentSignIn: true,
  audit: 'key.rewrap_started',
  input: noInput,
  output: rewrapView,
  async run(_input, { actor, tx, subject }) {
    await lockKeys(tx)
    const { key_ids, problem } = await readKeyring()
    const toKeyId = key_ids[0]
    if (toKeyId === undefined) throw new AppError('unavailable', problem ?? 'There is no key to move secrets to.')
    await requireNoRewrap((await findLastRewrap(tx))?.state)
    const needed = await countNeeded(tx)
    const total = [...needed].reduce((sum, [id, count]) => sum + (id === toKeyId ? 0 : count), 0)
    const rewrap = await insertRewrap(tx, { toKeyId, total, startedBy: actor.id })
    subject({ type: 'rewrap', id: rewrap.id, details: { key_id: toKeyId, secrets: total } })
    return rewrapViewOf(rewrap)
  },
})

export const retireKey = operation({
  summary: 'Take an encryption key out of use; refused while any stored secret needs it',
  effect: 'write',
  permission: 'keys:write',
  recentSignIn: true,
  audit: 'key.retired',
  input: keyRef,
  output: keyChanged,
  async run({ id }, { tx, subject, validateOnly }) {
    refuseTrial(validateOnly)
    await lockKeys(tx)
    const { source, key_ids, sources } = await readKeyring()
    // One whose service does not answer may go as well, if nothing needs it.
    requireKey([...key_ids, ...sources.map((key) => key.id)], id)
    if (key_ids[0] === id) throw new AppError('in_use', 'This key seals new secrets. Promote another one first.')
    // From here on nothing more is stored with it (see the trigger on credential_versions), and all that was is counted.
    await saveKey(tx, { id, source, state: 'retired', retiredAt: new Date() })
    await lockKey(tx, id)
    refuseWhileNeeded(id, (await countNeeded(tx)).get(id) ?? 0)
    const { file } = await changeKeyring({ change: 'retire', id })
    subject({ type: 'encryption_key', id })
    return {
      id,
      next: `It lies in ${file ?? 'a file'} now. Backups from before the move still need it: keep it with them, then delete it.`,
    }
  },
})

export const examine = operation({
  summary: 'Open every stored secret and report those that do not open',
  effect: 'read',
  permission: 'keys:read',
  audit: 'none',
  input: noInput,
  output: doctorView,
  async run(_input, { db }) {
    const report = await examineKeys(AbortSignal.timeout(300_000))
    const ring = await readKeyring()
    const keys = keyViews(ring, await findKeys(db), await countNeeded(db))
    const healthy = report.problem_count === 0 && report.keys.length === 0
    return { ...report, healthy, advice: adviceOn(keys) }
  },
})

const requireKey = (ids: readonly string[], id: string): void => {
  if (!ids.includes(id)) throw new AppError('not_found', 'This installation has no such key.')
}

const requireNoRewrap = (state: string | undefined): void => {
  if (state === 'running')
    throw new AppError('conflict', 'Secrets are being moved to the primary key. Wait for its end.')
}

const refuseWhileNeeded = (id: string, count: number): void => {
  if (count === 0) return
  const secrets = count === 1 ? 'One stored secret needs' : `${count} stored secrets need`
  throw new AppError('in_use', `${secrets} this key. Move them to the primary key first.`, {
    details: { key_id: id, needed_by: count },
  })
}

const refuseTrial = (validateOnly: boolean): void => {
  if (validateOnly) throw new AppError('unprocessable', 'A change of keys cannot be tried out.')
}
