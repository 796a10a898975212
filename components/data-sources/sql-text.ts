import type { DiscoveredRelation, SqlWriting } from '#lib/connectors/contract'

type Quote = SqlWriting['quote']

/** `sales.order_line`, quoted where a name needs it. */
export const qualifiedName = ({ schema, name }: { schema: string; name: string }, quote: Quote): string =>
  `${quoted(schema, quote)}.${quoted(name, quote)}`

/** A statement to start from: every column by name, the first hundred rows. */
export const selectStatement = (relation: DiscoveredRelation, quote: Quote): string => {
  const columns = relation.columns?.map(({ name }) => `  ${quoted(name, quote)}`).join(',\n') || '  *'
  return `SELECT\n${columns}\nFROM ${qualifiedName(relation, quote)}\nLIMIT 100;`
}

/** As it is written in a statement: with marks around it only where it needs them. */
export const quoted = (name: string, quote: Quote): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name)
    ? name
    : `${quote}${name.replaceAll(quote, quote + quote)}${quote}`

// The words of standard SQL that are likely names and cannot stand alone, and those that MySQL reserves beside them.
const reserved = new Set(
  `all and any array as asc both case cast check column constraint create default desc distinct do else end except false fetch for
  foreign from grant group having in into leading limit not null offset on only or order primary references select some table then
  to trailing true union unique user using when where window with add alter analyze between change character condition database
  databases delete describe drop exists explain generated groups index insert int integer interval key keys lateral match mod of
  option range rank read release rename replace row rows schema schemas signal sql system trigger update values write`.split(
    /\s+/,
  ),
)
