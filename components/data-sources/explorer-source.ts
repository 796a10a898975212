import type { SqlWriting } from '#lib/connectors/contract'

/** What the parts of the explorer know of the data source they show. */
export interface ExplorerSource {
  id: string
  name: string
  writing: SqlWriting
  /** Whether rows can be read here: by this person, by nobody but others, or by no means at all. */
  queries: 'allowed' | 'denied' | 'none'
}

/** Where its API stands. */
export const sourceBase = (id: string): string => `/api/data-sources/${encodeURIComponent(id)}`

/** Where a statement is run, and what is sent there. */
export const queryOf = ({ id }: Pick<ExplorerSource, 'id'>, sql: string, row_limit: number) => ({
  path: `${sourceBase(id)}/queries`,
  body: { sql, row_limit },
})

/** Opens the SQL editor with a statement; a very long one would not fit into an address. */
export const editorLink = ({ id }: Pick<ExplorerSource, 'id'>, sql: string): string => {
  const link = `/workspace/data-sources/${encodeURIComponent(id)}/sql`
  return sql.length > 4_000 ? link : `${link}?insert=${encodeURIComponent(sql)}`
}
