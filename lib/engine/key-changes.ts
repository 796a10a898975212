import { AppError } from '#lib/core/errors'
import { KeyProblem } from '#lib/vault/key-problem'
import type { KeyChanges } from '#lib/vault/providers/provider'
import type { KeyHolder } from './keys.ts'
import type { KeyChange, KeyChangeAnswer, KeyReport } from './protocol.ts'

/** What keys there are, where they are kept and whether they could be had from there; never a key. */
export const reportKeys = async (keys: KeyHolder): Promise<KeyReport> => {
  const { key_source, key_ids, problem } = await keys.status()
  const ring = await keys.ring()
  const here = [...(ring?.sources ?? [])].map(([id, source]) => ({ id, source, problem: null }))
  const absent = [...(ring?.absent ?? [])].map(([id, sentence]) => ({ id, source: null, problem: sentence }))
  const changeable = keys.provider.change !== undefined
  return { source: key_source, changeable, key_ids, sources: [...here, ...absent], problem }
}

/** Changes the list of keys; every process that holds keys notices by itself. */
export const changeKeyring = async (change: KeyChange, keys: KeyHolder): Promise<KeyChangeAnswer> => {
  const changes = keys.provider.change
  if (!changes) throw new AppError('unprocessable', byHand[change.change])
  try {
    return await apply(change, changes)
  } catch (error) {
    if (error instanceof KeyProblem)
      throw new AppError(error.kind === 'unavailable' ? 'unavailable' : 'conflict', error.message)
    throw error
  }
}

const apply = async (change: KeyChange, changes: KeyChanges): Promise<KeyChangeAnswer> => {
  switch (change.change) {
    case 'add': {
      const [added] = await changes.add()
      if (!added) throw new KeyProblem('refused', 'No key was added.')
      return { ...added, file: null }
    }
    case 'promote':
      await changes.promote(change.id)
      return { id: change.id, file: null }
    case 'retire':
      return { id: change.id, file: await changes.retire(change.id) }
  }
}

const where = 'The keys come from JACKFIELD_ENCRYPTION_KEY'
const byHand: Record<KeyChange['change'], string> = {
  add: `${where}: write a new one (openssl rand -base64 32) behind the others, separated by a comma, and restart.`,
  promote: `${where}: write the key first in the list and restart.`,
  retire: `${where}: take the key out of the list and restart.`,
}
