import type { DiscoveredRelation } from '#lib/connectors/contract'

/** `sales.order_line`, quoted where a name needs it. */
export const qualifiedName = ({ schema, name }: { schema: string; name: string }): string =>
  `${quoted(schema)}.${quoted(name)}`

/** A statement to start from: every column by name, the first hundred rows. */
export const selectStatement = (relation: DiscoveredRelation): string => {
  const columns = relation.columns?.map(({ name }) => `  ${quoted(name)}`).join(',\n') || '  *'
  return `SELECT\n${columns}\nFROM ${qualifiedName(relation)}\nLIMIT 100;`
}

const quoted = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`

// The words of standard SQL that are likely names and cannot stand alone.
const reserved = new Set(
  'all and any array as asc both case cast check column constraint create default desc distinct do else end except false fetch for foreign from grant group having in into leading limit not null offset on only or order primary references select some table then to trailing true union unique user using when where window with'.split(
    ' ',
  ),
)
