import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseEnv } from '#lib/config/env'
import { startEmbedded } from '#lib/db/embedded'
import { missingStatements } from '#lib/db/migrate'
import { externalDatabase, prepareSchema } from '#lib/supervisor/database'

// npm run migrate                  applies what is missing to DATABASE_URL, or to the embedded database
// npm run migrate -- create name   writes the next migration from the difference between the schema and the migrations so far

const [command, name] = process.argv.slice(2)
if (command === undefined) await applyMigrations()
else if (command === 'create' && name !== undefined && /^[a-z0-9_]+$/.test(name)) await createMigration(name)
else {
  console.error('Usage: npm run migrate\n       npm run migrate -- create <name in lower case, with underscores>')
  process.exitCode = 2
}

async function applyMigrations(): Promise<void> {
  const addresses = externalDatabase(parseEnv(process.env))
  if (!addresses)
    throw new Error('The embedded database is migrated by `npm start`; set DATABASE_URL to migrate another one.')
  const applied = await prepareSchema(addresses)
  console.log(applied.length === 0 ? 'Nothing to apply.' : `Applied ${applied.join(', ')}.`)
}

/** Replays the migrations in a throw-away server and asks the schema engine for the statements that are still missing. */
async function createMigration(name: string): Promise<void> {
  const home = mkdtempSync(path.join(tmpdir(), 'jackfield-migrate-'))
  const server = await startEmbedded({ home, name: 'database', port: 0, durable: false })
  try {
    writeMigration(name, await missingStatements(server.adminUrl()))
  } finally {
    await server.stop()
    rmSync(home, { recursive: true })
  }
}

function writeMigration(name: string, sql: string): void {
  if (sql.trim() === '') {
    console.log('The migrations already lead to the schema; nothing to create.')
    return
  }
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const folder = path.join(import.meta.dirname, '../prisma/migrations', `${stamp}_${name}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'migration.sql'), sql)
  console.log(`Wrote ${path.relative(process.cwd(), folder)}/migration.sql; read it before you commit it.`)
}
