import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from './embedded.ts'
import { stopLeftover } from './embedded-leftover.ts'
import { migrate } from './migrate.ts'
import { addressesOf, ensureRole, ownerRole } from './roles.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser's address of the run's PostgreSQL; `template_jackfield` in it is migrated and never connected to. */
    databaseServer: string
  }
}

/** One PostgreSQL for the whole test run, with a migrated database to copy from. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  await removeLeftovers()
  const home = path.join(tmpdir(), `${folderPrefix}${process.pid}`)
  mkdirSync(home, { mode: 0o711 })
  const settings = { shared_buffers: '64MB', max_connections: '200' }
  const server = await startEmbedded({ home, name: 'database', port: 0, durable: false, settings })
  await makeTemplate(server.adminUrl())
  project.provide('databaseServer', server.adminUrl())
  return async () => {
    await server.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

const makeTemplate = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { app, owner } = addressesOf(url, 'template_jackfield')
  for (const address of [owner, app]) await ensureRole(client, address)
  await client.query(`create database template_jackfield owner ${ownerRole}`)
  await migrate(owner, { app })
  await client.end()
}

const folderPrefix = 'jackfield-test-'

// A killed run cannot tidy up after itself; the next one does.
const removeLeftovers = async (): Promise<void> => {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(name.slice(folderPrefix.length))
    if (!name.startsWith(folderPrefix) || !Number.isInteger(pid) || isRunning(pid)) continue
    const folder = path.join(tmpdir(), name)
    await stopLeftover(path.join(folder, 'database/data'))
    rmSync(folder, { recursive: true, force: true })
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
