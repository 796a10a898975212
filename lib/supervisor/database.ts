import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Env } from '#lib/config/env'
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from '#lib/db/embedded'
import { migrate } from '#lib/db/migrate'
import { addressesOf, type DatabaseAddresses, ensureRole, isOneRole, ownerRole } from '#lib/db/roles'
import { logFile } from './logs.ts'

export interface KeptServer {
  readonly port: number
  adminUrl(database?: string): string
  stop(): Promise<void>
}

/** An embedded PostgreSQL that is started again when it dies; sessions notice, data does not. */
export const keepServer = async (options: EmbeddedOptions): Promise<KeptServer> => {
  let server = await startEmbedded(options)
  let stopped = false
  const keepRunning = async (): Promise<void> => {
    for (let wait_ms = 100; ; wait_ms = Math.min(wait_ms * 2, 15_000)) {
      const started = Date.now()
      const reason = await server.ended
      if (stopped) return
      options.say?.(`PostgreSQL ended (${reason}); starting it again. Log: ${logFile(options.home, options.name)}`)
      if (Date.now() - started > 60_000) wait_ms = 100
      await sleep(wait_ms)
      const next = stopped ? undefined : await startAgain(options)
      if (next) server = next
    }
  }
  const running = keepRunning()
  return {
    get port() {
      return server.port
    },
    adminUrl: (database) => server.adminUrl(database),
    stop: async () => {
      stopped = true
      await server.stop()
      await running
      // One that came up in between is not left behind.
      await server.stop()
    },
  }
}

const startAgain = async (options: EmbeddedOptions): Promise<EmbeddedServer | undefined> => {
  try {
    return await startEmbedded(options)
  } catch (error) {
    options.say?.(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

/** Jackfield's own database, the role that owns it and the one that works in it; answers the addresses of both. */
export const openDatabase = async (adminUrl: string): Promise<DatabaseAddresses> => {
  const addresses = addressesOf(adminUrl)
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    for (const address of [addresses.owner, addresses.app]) await ensureRole(client, address)
    const database = await client.query('select from pg_database where datname = $1', [ownerRole])
    if (database.rowCount === 0) await client.query(`create database ${ownerRole} owner ${ownerRole}`)
  } finally {
    await client.end()
  }
  return addresses
}

/** The addresses of an external database: of one role for all, unless migrations have their own. */
export const externalDatabase = (settings: Env): DatabaseAddresses | undefined => {
  const { DATABASE_URL: app, JACKFIELD_MIGRATIONS_DATABASE_URL: owner } = settings
  return app === undefined ? undefined : { app, owner: owner ?? app }
}

/** The newest schema, and the rights of the product in it. */
export const prepareSchema = (addresses: DatabaseAddresses): Promise<string[]> =>
  migrate(addresses.owner, { app: isOneRole(addresses) ? undefined : addresses.app })
