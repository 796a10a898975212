import type { DiscoveredRelation } from '#lib/connectors/contract'
import { quoted } from '../../data-sources/sql-text.ts'
import type { Candidate, Writing } from './candidates.ts'
import type { Catalog } from './catalog.ts'
import type { Source } from './sources.ts'

interface Known {
  source: Source
  relation: DiscoveredRelation | undefined
}

/** `o.customer_id = c.id`, from the keys that lead from the joined table to another of the query or back. */
export const conditionsFor = async (
  joined: Source,
  sources: readonly Source[],
  catalog: Catalog,
  writing: Writing,
): Promise<Candidate[]> => {
  const others = sources.filter(({ table, from }) => table && from < joined.from)
  const [own, ...rest] = await Promise.all([joined, ...others].map((source) => known(source, catalog)))
  if (!own) return []
  const found = rest.flatMap((other) => [...keysBetween(other, own, writing), ...keysBetween(own, other, writing)])
  return found.map((label) => ({ label, kind: 'condition', detail: 'foreign key', rank: 90 }))
}

const known = async (source: Source, catalog: Catalog): Promise<Known> => ({
  source,
  relation: source.table && (await catalog.relation(source.table)),
})

const keysBetween = (from: Known, to: Known, { quote }: Writing): string[] => {
  const { schema, name } = to.relation ?? {}
  const leads = (from.relation?.foreign_keys ?? []).filter(
    ({ references }) => references.schema === schema && references.name === name,
  )
  const side = (source: Source, column = '') => `${quoted(source.alias, quote)}.${quoted(column, quote)}`
  return leads.map(({ columns, references }) =>
    columns
      .map((column, index) => `${side(from.source, column)} = ${side(to.source, references.columns[index])}`)
      .join(' AND '),
  )
}
