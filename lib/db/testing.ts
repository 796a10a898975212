import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { resetEnv } from '#lib/config/env'
import { disconnect } from './client.ts'

export interface TestDatabase {
  /** Where it is; only known once the file's tests run. */
  url(): string
}

/** Gives a test file a database of its own, migrated and empty; `env()` and `db()` mean it until the file's end. */
export const useTestDatabase = (): TestDatabase => {
  const server = inject('databaseServer')
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  beforeAll(async () => {
    await runStatement(server, `create database ${name} template template_jackfield strategy file_copy`)
    process.env.DATABASE_URL = url
    resetEnv()
  })
  afterAll(async () => {
    await disconnect()
    await runStatement(server, `drop database if exists ${name} with (force)`)
    delete process.env.DATABASE_URL
    resetEnv()
  })
  return { url: () => url }
}

const runStatement = async (url: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
