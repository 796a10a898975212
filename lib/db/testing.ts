import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { resetEnv } from '#lib/config/env'
import { disconnect } from './client.ts'
import { addressesOf, ownerRole } from './roles.ts'

export interface TestDatabase {
  /** Where the product reaches it, as the role it has in real installations; only known once the file's tests run. */
  url(): string
  /** The same database as who owns its tables. */
  ownerUrl(): string
  /** Statements that no role of ours may send, such as breaking a table; one after the other. */
  asSuperuser(...statements: string[]): Promise<void>
}

/** Gives a test file a database of its own, migrated and empty; `env()` and `db()` mean it until the file's end. */
export const useTestDatabase = (): TestDatabase => {
  const server = inject('databaseServer')
  const name = `test_${randomBytes(6).toString('hex')}`
  const { app, owner } = addressesOf(server, name)
  beforeAll(async () => {
    await runStatements(
      server,
      `create database ${name} template template_jackfield owner ${ownerRole} strategy file_copy`,
    )
    process.env.DATABASE_URL = app
    resetEnv()
  })
  afterAll(async () => {
    await disconnect()
    await runStatements(server, `drop database if exists ${name} with (force)`)
    delete process.env.DATABASE_URL
    resetEnv()
  })
  const superuser = Object.assign(new URL(server), { pathname: `/${name}` }).href
  return {
    url: () => app,
    ownerUrl: () => owner,
    asSuperuser: (...statements) => runStatements(superuser, ...statements),
  }
}

const runStatements = async (url: string, ...statements: string[]): Promise<void> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
