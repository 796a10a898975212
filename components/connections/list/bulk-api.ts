import { streamApi } from '#lib/client/api'
import { problemFrom } from '#lib/client/problem'
import type { BulkReport, ConnectionView } from '#lib/connections/schema'

/** What the server does for many in one call. */
export type BulkAction =
  | { path: 'tags'; fields: { add: readonly string[]; remove: readonly string[] } }
  | { path: 'environment'; fields: { environment: ConnectionView['environment'] } }
  | { path: 'delete' | 'restore'; fields?: undefined }

type BulkLine = { item: BulkReport['items'][number] } | { error: unknown } | { end: unknown }

const atOnce = 200

/** Does it for all of them, so many to a call; says of each as it goes how it came out. */
export async function* bulk(
  { path, fields }: BulkAction,
  ids: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<BulkReport['items'][number], void> {
  for (let from = 0; from < ids.length; from += atOnce) {
    const body = { ids: ids.slice(from, from + atOnce), ...fields }
    for await (const line of streamApi<BulkLine>(`/api/connections/bulk/${path}`, { method: 'POST', body, signal })) {
      if ('error' in line) throw problemFrom(line.error)
      if ('item' in line) yield line.item
    }
  }
}
