import type { DiscoveredRelation, SqlDialect, SqlWriting } from '#lib/connectors/contract'
import { quoted } from '../../data-sources/sql-text.ts'
import type { Catalog } from './catalog.ts'
import { conditionsFor } from './conditions.ts'
import type { Scope } from './scope.ts'
import { isSame, type OutputColumn, type Source, type TableName } from './sources.ts'
import { functionsOf, keywords } from './words.ts'

/** Something that could stand here. Higher ranks come first among equals. */
export interface Candidate {
  label: string
  /** What is written, where it is not the label. */
  apply?: string
  kind: 'condition' | 'column' | 'alias' | 'cte' | 'table' | 'view' | 'schema' | 'keyword' | 'function'
  detail?: string
  rank: number
}

export type Writing = Pick<SqlWriting, 'quote'> & { dialect: SqlDialect }

/** Everything that could stand at the cursor, whatever was typed of it. */
export const candidatesFor = async (scope: Scope, catalog: Catalog, writing: Writing): Promise<Candidate[]> => {
  if (scope.path.length > 0) return behindDot(scope, catalog, writing)
  if (scope.expects === 'relation') return [...ctesOf(scope), ...(await relationsFor(scope.word, catalog, writing))]
  const conditions = scope.joined ? await conditionsFor(scope.joined, scope.sources, catalog, writing) : []
  const columns = await Promise.all(scope.sources.map((source) => columnsOf(source, catalog, writing)))
  return [...conditions, ...unique(columns.flat()), ...aliasesOf(scope), ...wordsFor(scope.word, writing.dialect)]
}

/** `o.` is a table of the query; `shop.` and `shop.orders.` are what they say. */
const behindDot = async (
  { path, sources, ctes, expects, word }: Scope,
  catalog: Catalog,
  writing: Writing,
): Promise<Candidate[]> => {
  const [last = '', schema] = path.toReversed()
  const named = schema === undefined && sources.find(({ alias }) => isSame(alias, last))
  if (named && expects !== 'relation') return columnsOf(named, catalog, writing)
  // FROM may not be written yet.
  const cte = schema === undefined && ctes.find(({ name }) => isSame(name, last))
  if (cte) return columnsOf({ alias: cte.name, table: undefined, columns: cte.columns, from: 0 }, catalog, writing)
  const inSchema = schema === undefined ? await catalog.relations(last, word) : []
  if (inSchema.length > 0) return inSchema.map((relation) => relationCandidate(relation, writing, relation.name))
  return expects === 'relation' || schema === undefined ? [] : tableColumns({ schema, name: last }, catalog, writing)
}

const relationsFor = async (word: string, catalog: Catalog, writing: Writing): Promise<Candidate[]> => {
  const [schemas, found] = await Promise.all([catalog.schemas(), catalog.search(word)])
  return [
    ...found.map((relation) => {
      const isUsual = relation.schema === catalog.usualSchema
      const path = [...(isUsual ? [] : [relation.schema]), relation.name]
      const text = path.map((part) => quoted(part, writing.quote)).join('.')
      return { ...relationCandidate(relation, writing, text), ...(isUsual && { rank: 30 }) }
    }),
    ...schemas.map((label): Candidate => ({ label, apply: quoted(label, writing.quote), kind: 'schema', rank: 10 })),
  ]
}

const relationCandidate = ({ schema, name, kind }: DiscoveredRelation, writing: Writing, path: string): Candidate => ({
  label: name,
  apply: path === name ? quoted(name, writing.quote) : path,
  kind: kind.endsWith('view') ? 'view' : 'table',
  detail: schema,
  rank: 20,
})

const ctesOf = ({ ctes }: Scope): Candidate[] =>
  ctes.map(({ name }) => ({ label: name, kind: 'cte', detail: 'WITH', rank: 40 }))

const aliasesOf = ({ sources }: Scope): Candidate[] =>
  sources
    .filter(({ alias }) => alias !== '')
    .map(({ alias, table }) => ({ label: alias, kind: 'alias', detail: table?.name ?? 'subquery', rank: 20 }))

const wordsFor = (word: string, dialect: SqlDialect): Candidate[] => {
  // Whoever writes capitals gets capitals.
  const isLoud = word !== '' && word === word.toUpperCase()
  return [
    ...functionsOf(dialect).map((label): Candidate => ({ label, apply: `${label}(`, kind: 'function', rank: -10 })),
    ...keywords.map(
      (label): Candidate => ({ label: isLoud ? label.toUpperCase() : label, kind: 'keyword', rank: -20 }),
    ),
  ]
}

const columnsOf = async (source: Source, catalog: Catalog, writing: Writing): Promise<Candidate[]> => {
  if (source.table) return tableColumns(source.table, catalog, writing, source.alias)
  const columns = source.columns ?? []
  return (await Promise.all(columns.map((column) => outputColumn(column, source, catalog, writing)))).flat()
}

const outputColumn = async (
  column: OutputColumn,
  { alias }: Source,
  catalog: Catalog,
  writing: Writing,
): Promise<Candidate[]> =>
  typeof column === 'string'
    ? [{ label: column, apply: quoted(column, writing.quote), kind: 'column', detail: alias, rank: 40 }]
    : tableColumns(column.allOf, catalog, writing, alias)

const tableColumns = async (
  table: TableName,
  catalog: Catalog,
  writing: Writing,
  alias = table.name,
): Promise<Candidate[]> => {
  const relation = await catalog.relation(table)
  return (relation?.columns ?? []).map(({ name, type }) => ({
    label: name,
    apply: quoted(name, writing.quote),
    kind: 'column',
    detail: `${type} · ${alias}`,
    rank: 40,
  }))
}

const unique = (candidates: readonly Candidate[]): Candidate[] => [
  ...new Map(candidates.map((one) => [`${one.label}\n${one.detail}`, one])).values(),
]
