import { type ConnectionSort, connectionSorts, type TestState, testStates } from '#lib/connections/columns'
import type { ConnectionRole } from '#lib/connectors/contract'
import { environments } from '#lib/format/environment'

/** What the list shows, exactly as it stands in the URL and goes to the API; filters hold one value or several: `prod,staging`. */
export interface ListQuery {
  q?: string
  role?: ConnectionRole
  type?: string
  environment?: string
  status?: string
  tag?: string
  used?: 'true' | 'false'
  deleted?: 'true'
  sort?: ConnectionSort
  /** The saved view it began with; the API does not hear of it. */
  view?: string
}

const roles = ['source', 'destination'] as const
/** How it is sorted: unless said, by name; what a search found, best first. */
export const sortOf = ({ q, sort }: ListQuery): ConnectionSort | undefined =>
  sort ?? (q === undefined ? 'name' : undefined)

/** What each status is called where people read it. */
export const statusLabels: Record<TestState, string> = {
  passed: 'Passed',
  failed: 'Failed',
  stale: 'Untested since edit',
  never_tested: 'Never tested',
}

/** What the API is asked. */
export const askedOf = ({ view: _, ...asked }: ListQuery): Omit<ListQuery, 'view'> => asked

type SearchParams = Record<string, string | string[] | undefined>

/** Reads the URL; what it does not know is left out, so that an old bookmark still opens the list. */
export const parseListQuery = (params: SearchParams): ListQuery => {
  const text = (key: string) => (typeof params[key] === 'string' && params[key] !== '' ? params[key] : undefined)
  const one = <T extends string>(key: string, of: readonly T[]) => of.find((value) => value === text(key))
  const some = (key: string, isKnown: (value: string) => boolean) =>
    valuesOf(text(key)).filter(isKnown).slice(0, 50).join(',') || undefined
  return defined({
    q: text('q')?.slice(0, 200),
    role: one('role', roles),
    type: some('type', isShort),
    environment: some('environment', (value) => value === 'none' || environments.some((one) => one === value)),
    status: some('status', (value) => testStates.some((one) => one === value)),
    tag: some('tag', isShort),
    used: one('used', ['true', 'false'] as const),
    deleted: one('deleted', ['true'] as const),
    sort: one('sort', connectionSorts),
    view: text('view')?.slice(0, 64),
  })
}

/** The list's address for a query; `null` in `change` removes a filter. */
export const listHref = (query: ListQuery, change: { [K in keyof ListQuery]?: ListQuery[K] | null } = {}): string => {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries({ ...query, ...change })) if (value) params.set(key, value)
  return params.size > 0 ? `/workspace/connections?${params}` : '/workspace/connections'
}

/** Something narrows the list, apart from the tab. */
export const isFiltered = ({ q, type, environment, status, tag, used }: ListQuery): boolean =>
  Boolean(q ?? type ?? environment ?? status ?? tag ?? used)

/** The values of one filter. */
export const valuesOf = (text: string | undefined): string[] => [...new Set(text?.split(',').filter(Boolean))]

const isShort = (value: string): boolean => value.length <= 64

const defined = <T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
