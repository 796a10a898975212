import { Client } from 'pg'

/** A row as PostgreSQL writes it: text or null, in the order of the columns. */
export type TextRow = readonly (string | null)[]

export interface Reader {
  rows(text: string, values: unknown[]): Promise<TextRow[]>
  close(): Promise<void>
}

/** A connection of its own for reading much: takes none that requests need, and makes no objects of what it reads. */
export const openReader = async (url: string | undefined): Promise<Reader> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, statement_timeout: 120_000 })
  client.on('error', () => {})
  await client.connect()
  await client.query('set default_transaction_read_only = on')
  return {
    rows: async (text, values) =>
      (await client.query<(string | null)[]>({ text, values, rowMode: 'array', types: asText })).rows,
    // With a query under way the connection is cut, so that the server breaks it off, too.
    close: () => client.end(),
  }
}

const asText = { getTypeParser: () => (text: string) => text }
