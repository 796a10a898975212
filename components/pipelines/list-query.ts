/** What the list shows, exactly as it stands in the URL and goes to the API. */
export interface PipelineQuery {
  q?: string
  active?: 'true' | 'false'
  broken?: 'true'
  connection?: string
}

type SearchParams = Record<string, string | string[] | undefined>

/** Reads the URL; what it does not know is left out, so that an old bookmark still opens the list. */
export const parsePipelineQuery = (params: SearchParams): PipelineQuery => {
  const text = (key: string) => (typeof params[key] === 'string' && params[key] !== '' ? params[key] : undefined)
  const [q, active, connection] = [text('q')?.slice(0, 200), text('active'), text('connection')?.slice(0, 128)]
  return {
    ...(q && { q }),
    ...((active === 'true' || active === 'false') && { active }),
    ...(text('broken') === 'true' && { broken: 'true' }),
    ...(connection && { connection }),
  }
}

/** The list's address for a query; `null` in `change` removes a filter. */
export const pipelinesHref = (
  query: PipelineQuery,
  change: { [K in keyof PipelineQuery]?: string | null } = {},
): string => {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries({ ...query, ...change })) if (value) params.set(key, value)
  return params.size > 0 ? `/workspace/pipelines?${params}` : '/workspace/pipelines'
}

export const pipelineHref = (key: string): string => `/workspace/pipelines/${encodeURIComponent(key)}`
