import type { LabelColumns } from './seal-version.ts'
import type { StoredCredential } from './store.ts'

interface Labels {
  environment?: string | null | undefined
  system?: string | null | undefined
  owner_team?: string | null | undefined
  description?: string | null | undefined
  expires_at?: string | null | undefined
  rotate_every_days?: number | null | undefined
}

/** What was said about a credential, as columns; what was left out stays. */
export const labelColumns = (given: Labels): LabelColumns => {
  const { environment, system, owner_team, description, expires_at, rotate_every_days } = given
  return {
    ...(environment !== undefined && { environment }),
    ...(system !== undefined && { system }),
    ...(owner_team !== undefined && { ownerTeam: owner_team }),
    ...(description !== undefined && { description: description || null }),
    ...(expires_at !== undefined && { expiresAt: expires_at === null ? null : new Date(expires_at) }),
    ...(rotate_every_days !== undefined && { rotateEveryDays: rotate_every_days }),
  }
}

const wireNames: Record<keyof LabelColumns, keyof Labels> = {
  environment: 'environment',
  system: 'system',
  ownerTeam: 'owner_team',
  description: 'description',
  expiresAt: 'expires_at',
  rotateEveryDays: 'rotate_every_days',
}

/** Names of the labels that become others. */
export const changedLabels = (stored: StoredCredential, given: Labels): string[] => {
  const next = labelColumns(given)
  const names = Object.keys(wireNames) as (keyof LabelColumns)[]
  return names
    .filter((name) => next[name] !== undefined && plain(next[name]) !== plain(stored[name]))
    .map((name) => wireNames[name])
}

const plain = (value: string | number | Date | null | undefined) => (value instanceof Date ? value.getTime() : value)
