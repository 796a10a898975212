import type { ConnectionRole } from '#lib/connectors/contract'
import { type Environment, environments } from '#lib/format/environment'

/** What the list shows, exactly as it stands in the URL and goes to the API. */
export interface ListQuery {
  q?: string
  role?: ConnectionRole
  type?: string
  environment?: Environment
  status?: Status
  tag?: string
  deleted?: 'true'
  sort?: Sort
}

const roles = ['source', 'destination'] as const
const statuses = ['passed', 'failed', 'stale', 'never_tested'] as const
const sortColumns = ['name', 'created_at', 'updated_at'] as const
type Status = (typeof statuses)[number]
export type SortColumn = (typeof sortColumns)[number]
export type Sort = SortColumn | `-${SortColumn}`
const sorts: readonly Sort[] = sortColumns.flatMap((column): Sort[] => [column, `-${column}`])

/** What each status is called where people read it. */
export const statusLabels: Record<Status, string> = {
  passed: 'Passed',
  failed: 'Failed',
  stale: 'Untested since edit',
  never_tested: 'Never tested',
}

type SearchParams = Record<string, string | string[] | undefined>

/** Reads the URL; what it does not know is left out, so that an old bookmark still opens the list. */
export const parseListQuery = (params: SearchParams): ListQuery => {
  const text = (key: string) => (typeof params[key] === 'string' && params[key] !== '' ? params[key] : undefined)
  const one = <T extends string>(key: string, of: readonly T[]) => of.find((value) => value === text(key))
  return defined({
    q: text('q')?.slice(0, 200),
    role: one('role', roles),
    type: text('type')?.slice(0, 64),
    environment: one('environment', environments),
    status: one('status', statuses),
    tag: text('tag')?.slice(0, 64),
    deleted: one('deleted', ['true'] as const),
    sort: one('sort', sorts),
  })
}

/** The list's address for a query; `null` in `change` removes a filter. */
export const listHref = (query: ListQuery, change: { [K in keyof ListQuery]?: ListQuery[K] | null } = {}): string => {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries({ ...query, ...change })) if (value) params.set(key, value)
  return params.size > 0 ? `/workspace/connections?${params}` : '/workspace/connections'
}

/** Something narrows the list, apart from the tab. */
export const isFiltered = ({ q, type, environment, status, tag }: ListQuery): boolean =>
  Boolean(q ?? type ?? environment ?? status ?? tag)

const defined = <T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
