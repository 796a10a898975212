import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Client } from 'pg'
import { grantToApp } from './roles.ts'
import { readSchema, withSchemaEngine } from './schema-engine.ts'

const migrationsFolder = path.join(import.meta.dirname, '../../prisma/migrations')

export interface MigrateOptions {
  /** Where the folders `<timestamp>_<name>` stand. */
  folder?: string
  /** The address the product itself works with, if that is another role: it is given its rights. */
  app?: string | undefined
}

/**
 * Brings a database to the newest schema and answers the names of the migrations it applied, none if there was nothing to do.
 * One instance at a time works on a database, the others wait; `_prisma_migrations` is kept as `prisma migrate deploy` keeps it.
 */
export const migrate = async (
  url: string,
  { folder = migrationsFolder, app }: MigrateOptions = {},
): Promise<string[]> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    await refuseOldServer(client)
    // Held by the session: a killed instance gives the lock up together with its connection.
    await client.query('select pg_advisory_lock($1)', [lockKey])
    const applied = await applyMissing(client, url, folder)
    if (app !== undefined) await grantToApp(client, app)
    return applied
  } finally {
    await client.end()
  }
}

const applyMissing = async (client: Client, url: string, folder: string): Promise<string[]> => {
  const missing = await unappliedMigrations(client, folder)
  if (missing.length === 0) return []
  const work = { migrationsList: readMigrations(folder), filters }
  return (await withSchemaEngine(url, (engine) => engine.applyMigrations(work))).appliedMigrationNames
}

// Any constant that nobody else takes: the bytes of “jackmigr”.
const lockKey = '7665797465867544946'

const filters = { externalTables: [], externalEnums: [] }

// The migrations as the schema engine wants them.
const readMigrations = (folder = migrationsFolder) => ({
  baseDir: folder,
  lockfile: { path: './migration_lock.toml', content: 'provider = "postgresql"\n' },
  shadowDbInitScript: '',
  migrationDirectories: migrationNames(folder).map((name) => ({
    path: name,
    migrationFile: {
      path: 'migration.sql',
      content: { tag: 'ok' as const, value: readFileSync(path.join(folder, name, 'migration.sql'), 'utf8') },
    },
  })),
})

const migrationNames = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort()

// Saves loading the engine at every start; a migration that failed half-way counts as missing, and the engine says so.
const unappliedMigrations = async (client: Client, folder: string): Promise<string[]> => {
  const table = await client.query("select to_regclass('_prisma_migrations') is not null as there")
  if (!table.rows[0].there) return migrationNames(folder)
  const applied = await client.query(
    'select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  )
  const done = new Set(applied.rows.map((row) => row.migration_name))
  return migrationNames(folder).filter((name) => !done.has(name))
}

const refuseOldServer = async (client: Client): Promise<void> => {
  const { rows } = await client.query(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as text",
  )
  if (rows[0].number >= 140_000) return
  throw new Error(`Jackfield needs PostgreSQL 14 or newer; the server of DATABASE_URL is ${rows[0].text}.`)
}

/** The statements that lead from the migrations to the Prisma schema; empty when there is nothing to do. Replays all in a shadow database. */
export const missingStatements = async (url: string): Promise<string> => {
  const { exitCode, stdout } = await withSchemaEngine(url, (engine) =>
    engine.diff({
      from: { tag: 'migrations', ...readMigrations() },
      to: { tag: 'schemaDatamodel', files: readSchema() },
      script: true,
      exitCode: true,
      filters,
    }),
  )
  return exitCode === 0 ? '' : (stdout ?? '')
}
