import type { Permission } from './permissions.ts'

/** What a grant on one object gives, from less to more; on a restricted object nothing else does. */
export const grantLevels = {
  connection: ['view', 'use', 'edit'],
  credential: ['view', 'attach', 'replace'],
} as const

export type GrantedKind = keyof typeof grantLevels
export type GrantLevel = (typeof grantLevels)[GrantedKind][number]

interface Needed {
  kind: GrantedKind
  least: GrantLevel
}

/**
 * What a grant on the object of a call stands in for, where the role does not have it. What makes, deletes, shares or
 * administers anything is not here and stays with roles.
 */
const lifted: Partial<Record<Permission, Needed>> = {
  'connections:read': { kind: 'connection', least: 'view' },
  'connections:test': { kind: 'connection', least: 'use' },
  'data-sources:read': { kind: 'connection', least: 'use' },
  'data-sources:query': { kind: 'connection', least: 'use' },
  'connections:write': { kind: 'connection', least: 'edit' },
  'credentials:read': { kind: 'credential', least: 'view' },
  'credentials:attach': { kind: 'credential', least: 'attach' },
  'credentials:write': { kind: 'credential', least: 'replace' },
}

export const grantFor = (permission: Permission): Needed | undefined => lifted[permission]

/** A level and everything above it. */
export const levelsFrom = ({ kind, least }: { kind: GrantedKind; least: string }): string[] => {
  const order: readonly string[] = grantLevels[kind]
  const from = order.indexOf(least)
  return from < 0 ? [] : order.slice(from)
}

/** What a grant of this level on an object lifts there, for the controls of a page. */
export const liftedBy = (kind: GrantedKind, level: string | null): Permission[] =>
  (Object.keys(lifted) as Permission[]).filter((permission) => {
    const needed = lifted[permission]
    return needed?.kind === kind && level !== null && levelsFrom(needed).includes(level)
  })
