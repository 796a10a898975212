import { AppError } from '#lib/core/errors'
import { nameKey } from '#lib/core/text'
import type { Actor } from './actor.ts'
import { authorize } from './authorize.ts'

/**
 * What people keep for themselves and may share (views, queries): whether this one may change it. One's own, or a shared
 * one for those who look after the workspace: people leave and what they shared stays.
 *
 * @param stored what this actor can see of it
 * @throws AppError `not_found` or `forbidden`
 */
export const requireOwned = <T extends { ownerId: string }>(
  actor: Actor,
  stored: T | null | undefined,
  what: string,
): T => {
  if (!stored) throw noSuch(what)
  if (stored.ownerId !== actor.id) authorize(actor, 'workspace:write')
  return stored
}

export const noSuch = (what: string): AppError =>
  new AppError('not_found', `There is no such ${what}, or it belongs to somebody else.`)

/**
 * The key of a name that its owner has not given yet.
 *
 * @throws AppError `name_taken`, with the field
 */
export const freeName = async (
  name: string,
  what: string,
  isTaken: (key: string) => Promise<boolean>,
): Promise<string> => {
  const key = nameKey(name)
  if (!(await isTaken(key))) return key
  const message = `There is already a ${what} “${name}”. Choose another name.`
  throw new AppError('name_taken', message, { errors: [{ pointer: '/name', message }] })
}
