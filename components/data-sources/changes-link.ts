import { withQuery } from '#lib/client/api'
import type { ObjectName } from '#lib/data-sources/schema'
import { pathKey } from './tree-objects.ts'

/** Where the changes of a source stand, or those of one thing in it. */
export const changesLink = (
  source: string,
  only: ObjectName | undefined,
  more: Record<string, string | undefined> = {},
) =>
  withQuery(`/workspace/data-sources/${encodeURIComponent(source)}/changes`, {
    ...more,
    ...(only && { relation: pathKey(only.schema, only.name), type: only.type === 'relation' ? undefined : only.type }),
  })

/** Where one thing is shown. */
export const explorerLink = (source: string, { type, schema, name }: ObjectName) => {
  const path = pathKey(schema, name)
  const query = type === 'relation' ? { table: path } : { object: `${type}:${path}` }
  return withQuery(`/workspace/data-sources/${encodeURIComponent(source)}`, query)
}
