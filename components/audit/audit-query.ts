import { auditEvents } from '#lib/audit/events'
import { type AuditFilter, outcomes } from '#lib/audit/schema'

/** What the page shows, as it stands in its address; dates are whole days in UTC. */
export type AuditQuery = Partial<Record<(typeof names)[number], string>>

const names = ['q', 'actor', 'event', 'outcome', 'object', 'since', 'until'] as const

export const auditPath = '/workspace/audit'

/** `credential`, `connection`, …: the families that events belong to, with what people call them. */
export const families: readonly (readonly [string, string])[] = [
  ...new Set(Object.keys(auditEvents).map((event) => event.split('.')[0] ?? event)),
].map((family) => [family, sentenceCase(family.replaceAll('_', ' '))])

export const outcomeWords = { success: 'Succeeded', failure: 'Failed', denied: 'Denied' } as const

/** Reads the address; what it does not know is left out, so that an old bookmark still opens the page. */
export const parseAuditQuery = (params: Record<string, string | string[] | undefined>): AuditQuery => {
  const query: AuditQuery = {}
  for (const name of names) {
    const value = params[name]
    if (typeof value === 'string' && value.trim() !== '' && isKnown(name, value)) query[name] = value.slice(0, 200)
  }
  return query
}

/** The same for the API. */
export const auditFilterOf = ({ since, until, outcome, ...query }: AuditQuery): AuditFilter => ({
  ...query,
  ...(since && { since: `${since}T00:00:00Z` }),
  ...(until && { until: nextDay(until) }),
  ...(outcome && { outcome: outcomes.find((one) => one === outcome) }),
})

/** The page's address for a query; `null` in `change` removes a filter. */
export const auditHref = (query: AuditQuery, change: { [K in keyof AuditQuery]?: string | null } = {}): string => {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...query, ...change })) if (value) params.set(name, value)
  return params.size > 0 ? `${auditPath}?${params}` : auditPath
}

const isKnown = (name: (typeof names)[number], value: string): boolean => {
  if (name === 'outcome') return outcomes.some((one) => one === value)
  if (name === 'event') return /^[a-z_]+(\.[a-z_]+)?$/.test(value)
  if (name === 'since' || name === 'until') return isDay(value)
  return true
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))

const nextDay = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString()

function sentenceCase(text: string): string {
  return text === 'api key' ? 'API key' : text.charAt(0).toUpperCase() + text.slice(1)
}
