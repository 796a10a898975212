import { AppError, type FieldError } from '#lib/core/errors'
import { isId } from '#lib/core/id'
import { nameKey } from '#lib/core/text'
import type { Tx } from '#lib/db/client'
import { invalid } from './body.ts'
import { holdNames } from './naming-store.ts'
import { findStored, findTaken, type Viewer } from './store.ts'

/** A slug out of a display name: `Prod Postgres` → `prod-postgres`. */
export const slugOf = (name: string, fallback: string): string => {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 56)
    .replace(/^-+|-+$/g, '')
  return plain || fallback
}

/** Addresses beside the connections' own: `/api/connections/facets` could not mean a connection as well, nor a page `…/new`. */
const reserved = ['bulk', 'export', 'facets', 'import', 'new', 'pages', 'test']

/** A slug that looks like an id would make `{ref}` ambiguous. */
export const checkSlug = (connId: string): void => {
  if (reserved.includes(connId))
    throw invalid([
      { pointer: '/conn_id', message: `“${connId}” is an address of Jackfield’s own; choose another word.` },
    ])
  if (isId('connection', connId))
    throw invalid([{ pointer: '/conn_id', message: 'This looks like an internal id; choose a word.' }])
}

/** Refuses names that a live connection has, each at its field. */
export const requireFree = async (
  tx: Tx,
  workspaceId: string,
  { connId, name, except }: { connId?: string | undefined; name?: string | undefined; except?: string },
): Promise<void> => {
  const taken = await findTaken(tx, workspaceId, {
    ...(connId !== undefined && { connId }),
    ...(name !== undefined && { nameKey: nameKey(name) }),
    ...(except !== undefined && { except }),
  })
  const errors: FieldError[] = []
  if (taken.connId)
    errors.push({ pointer: '/conn_id', message: `There is already a connection with the id “${connId}”.` })
  if (taken.name) errors.push({ pointer: '/name', message: `There is already a connection “${name}”.` })
  const [first] = errors
  if (first) throw new AppError('name_taken', `${first.message} Choose another one.`, { errors })
}

/** The first of `base`, `base-2`, `base-3` … that is free, with the name that goes with it. */
export const freeNames = async (
  tx: Tx,
  workspaceId: string,
  base: { connId: string; name: string },
): Promise<{ connId: string; name: string }> => {
  for (let n = 1; ; n++) {
    const connId = n === 1 ? base.connId : `${base.connId.slice(0, 58)}-${n}`
    const name = n === 1 ? base.name : `${[...base.name].slice(0, 120).join('')} ${n}`
    const taken = await findTaken(tx, workspaceId, { connId, nameKey: nameKey(name) })
    if (!taken.connId && !taken.name) return { connId, name }
  }
}

/** The first of `base`, `base-2` … that no live connection has. */
export const freeSlug = async (tx: Tx, workspaceId: string, base: string): Promise<string> => {
  for (let n = 1; ; n++) {
    const connId = n === 1 ? base : `${base.slice(0, 58)}-${n}`
    if (reserved.includes(connId)) continue
    if (!(await findTaken(tx, workspaceId, { connId })).connId) return connId
  }
}

/**
 * Holds the slugs of a rename before the connection is locked; answers the one it had then. Whoever finds another one
 * once it is locked was overtaken.
 */
export const holdSlugs = async (
  tx: Tx,
  viewer: Viewer,
  { ref, wanted }: { ref: string; wanted: string | undefined },
): Promise<string | undefined> => {
  const found = wanted === undefined ? undefined : await findStored(tx, viewer, ref)
  if (found && wanted !== undefined && found.connId !== wanted)
    await holdNames(tx, viewer.workspaceId, [found.connId, wanted], 'change')
  return found?.connId
}
