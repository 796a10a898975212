/** An identifier as it must stand in SQL, whatever it holds. Always quoted: `user` and `Order` need it too. */
export const quoteIdent = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text literal in standard SQL, for advice people copy; queries of ours use parameters. */
export const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A `LIKE` pattern that finds the text itself anywhere, its `%` and `_` taken literally (escape character `\`). */
export const containsPattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`
