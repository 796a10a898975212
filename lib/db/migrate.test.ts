import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { migrate, missingStatements } from './migrate.ts'

const server = inject('databaseServer')
const at = (name: string) => Object.assign(new URL(server), { pathname: `/${name}` }).href
const names = ['migrate_race', 'migrate_broken', 'migrate_twice', 'migrate_slow']

const query = async (url: string, text: string) => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  for (const name of names) await query(server, `create database ${name}`)
})
afterAll(async () => {
  for (const name of names) await query(server, `drop database ${name} with (force)`)
})

test('instances that start at once on an empty database apply every migration exactly once', async () => {
  const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(at('migrate_race'))))
  expect(applied.filter((list) => list.length > 0)).toHaveLength(1)
  const rows = await query(
    at('migrate_race'),
    'select migration_name, finished_at, applied_steps_count from _prisma_migrations',
  )
  expect(rows.map((row) => row.migration_name)).toEqual(applied.flat())
  expect(rows.every((row) => row.finished_at !== null)).toBe(true)
})

test('an instance waits for as long as another one migrates', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-migrations-'))
  mkdirSync(path.join(folder, '20260101000000_slow'))
  // Longer than the schema engine itself would wait for another one.
  writeFileSync(
    path.join(folder, '20260101000000_slow/migration.sql'),
    'create table slow (id int); select pg_sleep(12);',
  )
  const applied = await Promise.all([1, 2].map(() => migrate(at('migrate_slow'), { folder })))
  expect(applied.flat()).toEqual(['20260101000000_slow'])
})

test('a second start has nothing to apply', async () => {
  expect(await migrate(at('migrate_twice'))).not.toEqual([])
  expect(await migrate(at('migrate_twice'))).toEqual([])
})

test('a migration that fails leaves nothing behind and is named at the next start', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-migrations-'))
  mkdirSync(path.join(folder, '20260101000000_broken'))
  writeFileSync(path.join(folder, '20260101000000_broken/migration.sql'), 'create table half (id int); select 1/0;')
  await expect(migrate(at('migrate_broken'), { folder })).rejects.toThrow(/division by zero/)
  expect(await query(at('migrate_broken'), "select to_regclass('half') as half")).toEqual([{ half: null }])
  await expect(migrate(at('migrate_broken'), { folder })).rejects.toThrow(/20260101000000_broken/)
})

test('the migrations lead exactly to the Prisma schema and their own indexes and checks are kept', async () => {
  expect(await missingStatements(server)).toBe('')
})
