import { callApi, withQuery } from '#lib/client/api'
import type { Listed } from './tree-model.ts'

/** The next page of a list of the tree, behind what was there before. */
export const fetchPage = async <T>(
  path: string,
  query: Parameters<typeof withQuery>[1],
  before: readonly T[],
  signal?: AbortSignal,
): Promise<Listed<T>> => {
  const { data, meta } = await callApi<T[]>(withQuery(path, query), { signal })
  // Of our own API, parsed there; see callApi.
  const { cursor } = meta.page as { cursor: string | null }
  return { items: [...before, ...data], cursor, status: 'ready' }
}
