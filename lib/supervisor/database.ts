import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from '#lib/db/embedded'
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

/** Jackfield's own database and a role that owns it and nothing else; answers its address. */
export const openDatabase = async (adminUrl: string): Promise<string> => {
  const url = databaseUrl(adminUrl)
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const role = await client.query("select from pg_roles where rolname = 'jackfield'")
    if (role.rowCount === 0) await client.query(`create role jackfield login password '${new URL(url).password}'`)
    const database = await client.query("select from pg_database where datname = 'jackfield'")
    if (database.rowCount === 0) await client.query('create database jackfield owner jackfield')
  } finally {
    await client.end()
  }
  return url
}

/** The address of what `openDatabase` made. */
export const databaseUrl = (adminUrl: string): string => {
  const url = new URL(adminUrl)
  // Derived, so that there is one password to keep: it opens only what the superuser's opens anyway.
  const password = createHash('sha256').update(`jackfield ${url.password}`).digest('base64url')
  return Object.assign(url, { username: 'jackfield', password, pathname: '/jackfield' }).href
}
