import type { KeyView } from './schema.ts'

/** What to do next, in the order to do it. */
export const adviceOn = (keys: readonly KeyView[]): string[] => {
  const missing = keys.filter(({ state }) => state === 'missing')
  const idle = keys.filter(({ state, needed_by }) => state === 'open_only' && needed_by === 0)
  const old = keys.filter(({ state, needed_by }) => state === 'open_only' && needed_by > 0)
  return [
    ...missing.map(({ id, needed_by }) => `Put ${id} back: ${needed_by} stored secrets need it.`),
    ...old.map(({ id, needed_by }) => `Move the ${needed_by} secrets of ${id} to the primary key.`),
    ...idle.map(({ id }) => `Nothing needs ${id}: promote it if it is new, retire it if it is old.`),
    'Keep a copy of the keys apart from the database and its backups.',
  ]
}
