import type { DiscoveredRelation, DiscoveredSchema, SqlWriting } from '#lib/connectors/contract'
import { problemOf } from '../data-sources/problem-of.ts'
import { schemaToOpen } from '../data-sources/schema-to-open.ts'
import { SqlTree } from './sql-tree.tsx'
import { TreeProblem } from './tree-problem.tsx'

interface SqlTreeLoaderProps {
  source: string
  writing: SqlWriting
  schema: string | undefined
  schemas: () => Promise<{ items: DiscoveredSchema[] }>
  /** Reads the first relations of a schema. */
  relations: (schema: string) => Promise<{ items: DiscoveredRelation[]; page: { cursor: string | null } }>
}

/** Waits for the tables; the editor beside it does not. */
export const SqlTreeLoader = async ({ source, writing, schema, schemas, relations }: SqlTreeLoaderProps) => {
  const found = await schemas().then(({ items }) => ({ items }), problemOf)
  if ('problem' in found) return <TreeProblem source={source} problem={found.problem} />
  const open = schemaToOpen(found.items, undefined, schema)
  const list = open === undefined ? undefined : await relations(open).catch(() => undefined)
  return (
    <SqlTree
      writing={writing}
      start={{
        source,
        schemas: found.items,
        first: open !== undefined && list ? { schema: open, items: list.items, cursor: list.page.cursor } : undefined,
        selected: undefined,
      }}
    />
  )
}
