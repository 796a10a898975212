import { Prisma } from '#lib/db/client'
import type { Actor } from './actor.ts'

/** What a grant on one object gives, from less to more; on a restricted object nothing else does. */
export const grantLevels = {
  connection: ['view', 'use', 'edit'],
  credential: ['view', 'attach', 'replace'],
} as const

export type GrantedKind = keyof typeof grantLevels

/** Who asks for an object; `seesRestricted` are those who could give themselves access anyway. */
export interface Asking {
  id: string
  seesRestricted: boolean
}

export const seesRestricted = ({ role }: Pick<Actor, 'role'>): boolean => role === 'owner' || role === 'admin'

export const asking = (actor: Pick<Actor, 'id' | 'role'>): Asking => ({
  id: actor.id,
  seesRestricted: seesRestricted(actor),
})

/**
 * The one condition by which a restricted object is there at all: for admins, and for members and keys with a grant of
 * this level or more. It stands in the statement that reads the object, so that nothing can be read without it.
 */
export const openTo = (
  { id, seesRestricted: isAdmin }: Asking,
  { kind, least, alias }: { kind: GrantedKind; least: string; alias: Prisma.Sql },
): Prisma.Sql => {
  if (isAdmin) return Prisma.sql`true`
  const order: readonly string[] = grantLevels[kind]
  const from = order.indexOf(least)
  const levels = from < 0 ? [] : order.slice(from)
  return Prisma.sql`(not ${alias}.restricted or exists (
    select from grants g where g.object_id = ${alias}.id and g.subject_id = ${id} and g.level = any (${levels})))`
}
