import type { ConnectionView } from '#lib/connections/schema'
import type { DiscoveredRelation, SqlWriting } from '#lib/connectors/contract'
import type { CountedSchema } from '#lib/data-sources/objects'
import { Explorer } from './explorer.tsx'
import { problemOf } from './problem-of.ts'
import { schemaToOpen } from './schema-to-open.ts'
import { SourceProblem } from './source-problem.tsx'
import type { DetailAnswer } from './use-explorer.ts'

interface ExplorerLoaderProps {
  connection: Pick<ConnectionView, 'id' | 'name' | 'config' | 'granted'>
  /** How SQL is written for this source. */
  sql: SqlWriting | undefined
  takesQueries: boolean
  schemas: () => Promise<{ items: CountedSchema[] }>
  /** Reads the first relations of a schema. */
  relations: (schema: string) => Promise<{ items: DiscoveredRelation[]; page: { cursor: string | null } }>
  /** What the address names. */
  selected: { key: string; read: () => Promise<DetailAnswer> } | undefined
}

/** Waits for the source, behind a skeleton, and shows its tables or what keeps it from answering. */
export const ExplorerLoader = async ({
  connection,
  sql,
  takesQueries,
  schemas,
  relations,
  selected,
}: ExplorerLoaderProps) => {
  const { id, name, granted } = connection
  const detail = selected?.read().catch(problemOf)
  const found = await schemas().then(({ items }) => ({ items }), problemOf)
  if ('problem' in found) return <SourceProblem connection={connection} problem={found.problem} />
  const open = schemaToOpen(found.items, selected?.key, connection.config[sql?.schema ?? 'schema'])
  const list = open === undefined ? undefined : await relations(open).catch(() => undefined)
  return (
    <Explorer
      source={id}
      about={{ name, writing: sql ?? { quote: '"' }, takesQueries, granted }}
      schemas={found.items}
      first={open !== undefined && list ? { schema: open, items: list.items, cursor: list.page.cursor } : undefined}
      selected={selected && detail ? { key: selected.key, answer: await detail } : undefined}
    />
  )
}
