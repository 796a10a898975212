import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { type EmbeddedServer, startEmbedded } from '#lib/db/embedded'

export const targetPassword = 'target-canary'

/** A PostgreSQL that is not our own, with a login `etl` that may read two tables. */
export const useTarget = () => {
  let server: EmbeddedServer | undefined
  const home = mkdtempSync(path.join(tmpdir(), 'jackfield-target-'))
  beforeAll(async () => {
    server = await startEmbedded({ home, name: 'target', port: 0, durable: false })
    const client = new Client({ connectionString: server.adminUrl() })
    await client.connect()
    await client.query(`create role etl login password '${targetPassword}'`)
    await client.query('create table orders (id int primary key, note text)')
    await client.query('create table "odd.name%" (a int)')
    await client.query('grant select on all tables in schema public to etl')
    await client.end()
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(home, { recursive: true, force: true })
  })
  /** Settings of a connection to it. */
  const config = (extra: object = {}) => ({
    host: '127.0.0.1',
    port: server?.port,
    database: 'postgres',
    ssl_mode: 'disable',
    ...extra,
  })
  /** Runs SQL as its administrator. */
  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const client = new Client({ connectionString: server?.adminUrl() })
    await client.connect()
    const { rows } = await client.query<Record<string, unknown>>(sql).finally(() => client.end())
    return rows
  }
  return { config, query }
}
