import { Client } from 'pg'
import { env } from '#lib/config/env'
import type { TextRow } from './reader.ts'

export interface Writer {
  /** Rows come back as text. */
  run(text: string, values?: readonly unknown[]): Promise<TextRow[]>
  /** All statements of `work`, or none. */
  transaction<T>(work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** A connection of its own for writing much, so that nobody who asks for a page waits behind it. */
export const openWriter = async (url = env().DATABASE_URL): Promise<Writer> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, statement_timeout: 120_000 })
  client.on('error', () => {})
  await client.connect()
  const run: Writer['run'] = async (text, values = []) => {
    const statement = { text, values: [...values], rowMode: 'array' as const, types: asText }
    return (await client.query<(string | null)[]>(statement)).rows
  }
  return {
    run,
    async transaction(work) {
      await run('begin')
      try {
        const result = await work()
        await run('commit')
        return result
      } catch (error) {
        await run('rollback').catch(() => undefined)
        throw error
      }
    },
    close: () => client.end(),
  }
}

const asText = { getTypeParser: () => (text: string) => text }
