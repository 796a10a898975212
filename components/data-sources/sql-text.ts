import type { DiscoveredRelation, SqlWriting } from '#lib/connectors/contract'
import { reservedWords } from './reserved-words.ts'

type Quote = SqlWriting['quote']

/** `sales.order_line`, quoted where a name needs it. */
export const qualifiedName = ({ schema, name }: { schema: string; name: string }, quote: Quote): string =>
  `${quoted(schema, quote)}.${quoted(name, quote)}`

/** A statement to start from: every column by name, the first hundred rows. */
export const selectStatement = (relation: DiscoveredRelation, quote: Quote): string => {
  const columns = relation.columns?.map(({ name }) => `  ${quoted(name, quote)}`).join(',\n') || '  *'
  return `SELECT\n${columns}\nFROM ${qualifiedName(relation, quote)}\nLIMIT 100;`
}

/** The same for a machine that runs it as it is. */
export const sampleStatement = (relation: DiscoveredRelation, quote: Quote): string =>
  selectStatement(relation, quote).slice(0, -1)

/** Every column, as it stands between SELECT and FROM. */
export const columnList = ({ columns = [] }: Pick<DiscoveredRelation, 'columns'>, quote: Quote): string =>
  columns.map(({ name }) => quoted(name, quote)).join(', ')

/** As it is written in a statement: with marks around it only where it needs them. */
export const quoted = (name: string, quote: Quote): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) && !reservedWords.has(name)
    ? name
    : `${quote}${name.replaceAll(quote, quote + quote)}${quote}`

/** A text as it is written in a statement, read alike whatever the server thinks of backslashes. */
export const textLiteral = (text: string, dialect: SqlWriting['dialect']): string => {
  const doubled = text.replaceAll("'", "''")
  if (dialect === 'sqlite' || !text.includes('\\')) return `'${doubled}'`
  return `${dialect === 'mysql' ? '' : 'E'}'${doubled.replaceAll('\\', '\\\\')}'`
}
