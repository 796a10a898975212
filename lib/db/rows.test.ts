import { Client } from 'pg'
import { expect, test } from 'vitest'
import { resetEnv } from '#lib/config/env'
import { disconnect, Prisma, pool } from './client.ts'
import { literal, readRows, StatementError } from './rows.ts'
import { useTestDatabase } from './testing.ts'

const database = useTestDatabase()

test('times are what toISOString writes, however PostgreSQL shortens them and wherever its clock stands', async () => {
  const times = ['2026-11-21T15:14:49.934Z', '2026-11-21T15:14:49.930Z', '2026-11-21T15:14:49.900Z']
  const more = ['2026-11-21T15:14:49.000Z', '1999-12-31T23:59:59.999Z', '+010000-01-01T00:00:00.500Z']
  const all = [...times, ...more].map((text) => new Date(text))
  const read = () =>
    readRows<{ at: string }>(Prisma.sql`select at::timestamptz(3) as at from unnest(${all}::timestamptz[]) at`)
  const expected = all.map((at) => at.toISOString())
  expect((await read()).map(({ at }) => at)).toEqual(expected)
  const owner = new Client({ connectionString: database.ownerUrl() })
  await owner.connect()
  await owner.query(`alter database ${new URL(database.url()).pathname.slice(1)} set timezone to 'Asia/Kolkata'`)
  await owner.end()
  await disconnect()
  expect((await read()).map(({ at }) => at)).toEqual(expected)
})

const prepared = async (text: string) => {
  await readRows(Prisma.raw(text))
  await readRows(Prisma.raw(text))
  const { rows } = await pool().query('select count(*)::int from pg_prepared_statements where statement = $1', [text])
  return rows[0].count
}

test('a statement is prepared once for each connection, and never behind a pooler of transactions', async () => {
  expect(await prepared('select 1 as one')).toBe(1)
  await disconnect()
  process.env.DATABASE_URL = `${database.url()}?pgbouncer=true`
  resetEnv()
  expect(await prepared('select 2 as two')).toBe(0)
  await disconnect()
  process.env.DATABASE_URL = database.url()
  resetEnv()
})

test('only so many statements are prepared, and later ones work all the same', async () => {
  for (let n = 0; n < 260; n++) {
    const rows = await readRows<{ n: number }>(Prisma.sql`select ${literal(n)} as n`)
    expect(rows).toEqual([{ n }])
  }
  const { rows } = await pool().query('select max(count)::int from (select count(*) from pg_prepared_statements) s')
  expect(rows[0].max).toBeLessThanOrEqual(200)
})

test('a statement that fails says so by its code, without being taken for another error', async () => {
  const failed = await readRows(Prisma.sql`select * from nothing_here`).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(StatementError)
  expect(failed).toMatchObject({ code: '42P01' })
})
