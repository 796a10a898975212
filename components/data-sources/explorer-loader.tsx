import type { ConnectionView } from '#lib/connections/schema'
import type { DiscoveredRelation, DiscoveredSchema } from '#lib/connectors/contract'
import { Explorer } from './explorer.tsx'
import { SourceProblem } from './source-problem.tsx'
import type { RelationAnswer } from './use-explorer.ts'

interface ExplorerLoaderProps {
  connection: Pick<ConnectionView, 'id' | 'name'>
  schemas: Promise<{ items: DiscoveredSchema[] }>
  /** Reads the first relations of a schema. */
  relations: (schema: string) => Promise<{ items: DiscoveredRelation[]; page: { cursor: string | null } }>
  /** The relation the address names. */
  selected: { key: string; relation: Promise<DiscoveredRelation> } | undefined
  canTest: boolean
  canEdit: boolean
}

/** Waits for the source, behind a skeleton, and shows its tables or what keeps it from answering. */
export const ExplorerLoader = async ({
  connection,
  schemas,
  relations,
  selected,
  canTest,
  canEdit,
}: ExplorerLoaderProps) => {
  const answer = selected && settle(selected.relation)
  const found = await schemas.then(({ items }) => ({ items }), problemOf)
  if ('problem' in found) {
    return <SourceProblem connection={connection} problem={found.problem} canTest={canTest} canEdit={canEdit} />
  }
  const open = schemaToOpen(found.items, selected?.key)
  const list = open === undefined ? undefined : await relations(open).catch(() => undefined)
  return (
    <Explorer
      source={connection.id}
      schemas={found.items}
      first={open !== undefined && list ? { schema: open, items: list.items, cursor: list.page.cursor } : undefined}
      selected={selected && answer && { key: selected.key, answer: await answer }}
    />
  )
}

const settle = (relation: Promise<DiscoveredRelation>): Promise<RelationAnswer> =>
  relation.then((known) => ({ relation: known }), problemOf)

// Only errors made for people have a sentence worth showing; the page reports the others.
const problemOf = (error: unknown): { problem: string } => ({
  problem: error instanceof Error ? error.message : 'The source could not be read.',
})

/** The schema of the relation in the address, else the first one with something in it. */
const schemaToOpen = (schemas: readonly DiscoveredSchema[], key: string | undefined): string | undefined => {
  const named = key === undefined ? undefined : decodeURIComponent(key.split('.')[0] ?? '')
  const usable = schemas.filter(({ usable, relations }) => usable && relations > 0)
  return (schemas.find(({ name }) => name === named) ?? usable[0])?.name
}
