import { type Environment, environments } from '#lib/format/environment'

/** What the list shows, exactly as it stands in the URL and goes to the API. */
export interface CredentialQuery {
  q?: string
  type?: string
  status?: Status
  scope?: 'workspace' | 'organization'
  environment?: Environment
  used?: 'true' | 'false'
  due?: 'soon' | 'overdue'
  sort?: Sort
}

const types = ['aws', 'azure', 'gcp', 'database', 'api_key', 'oauth', 'password'] as const
const statuses = ['active', 'disabled', 'deleted'] as const
const sorts = ['name', '-name', 'created_at', '-created_at', 'updated_at', '-updated_at'] as const
type Status = (typeof statuses)[number]
type Sort = (typeof sorts)[number]

type SearchParams = Record<string, string | string[] | undefined>

/** Reads the URL; what it does not know is left out, so that an old bookmark still opens the list. */
export const parseCredentialQuery = (params: SearchParams) => {
  const text = (key: string) => (typeof params[key] === 'string' && params[key] !== '' ? params[key] : undefined)
  const one = <T extends string>(key: string, of: readonly T[]) => of.find((value) => value === text(key))
  const q = text('q')?.slice(0, 200)
  const type = one('type', types)
  const status = one('status', statuses)
  const scope = one('scope', ['workspace', 'organization'] as const)
  const environment = one('environment', environments)
  const used = one('used', ['true', 'false'] as const)
  const due = one('due', ['soon', 'overdue'] as const)
  const sort = one('sort', sorts)
  return {
    ...(q && { q }),
    ...(type && { type }),
    ...(status && { status }),
    ...(scope && { scope }),
    ...(environment && { environment }),
    ...(used && { used }),
    ...(due && { due }),
    ...(sort && { sort }),
  }
}

/** The list's address for a query; `null` in `change` removes a filter. */
export const credentialsHref = (
  query: CredentialQuery,
  change: { [K in keyof CredentialQuery]?: string | null } = {},
): string => {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries({ ...query, ...change })) if (value) params.set(key, value)
  return params.size > 0 ? `/workspace/credentials?${params}` : '/workspace/credentials'
}

/** Something narrows the list, apart from the tab. */
export const isNarrowed = ({ q, type, status, scope, environment, used, due }: CredentialQuery): boolean =>
  Boolean(q ?? type ?? (status === 'deleted' ? undefined : status) ?? scope ?? environment ?? used ?? due)
