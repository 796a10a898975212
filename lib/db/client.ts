import { PrismaPg } from '@prisma/adapter-pg'
import { Pool } from 'pg'
import { env } from '#lib/config/env'
import { Prisma, PrismaClient } from './generated/client.ts'

export { Prisma }
/** A transaction, or the client itself for single statements. */
export type Tx = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>

// One pool and one client on it per process, also where Next bundles this module a second time or reloads it in development.
const holder = globalThis as typeof globalThis & { jackfieldPool?: Pool; jackfieldDb?: PrismaClient }

/** The connections to the database of this process, opened on first use. */
export const pool = (): Pool => {
  holder.jackfieldPool ??= openPool(env().DATABASE_URL)
  return holder.jackfieldPool
}

/** The database of this process, connected on first use. */
export const db = (): PrismaClient => {
  holder.jackfieldDb ??= clientOn(pool())
  return holder.jackfieldDb
}

/** A client of its own, for tests and commands. */
export const connect = (url: string | undefined, connectionsMax?: number): PrismaClient =>
  clientOn(openPool(url, connectionsMax))

const openPool = (url: string | undefined, connectionsMax = 8): Pool => {
  if (!url) throw new Error('DATABASE_URL is not set; start Jackfield with `npm start`.')
  const pool = new Pool({ connectionString: url, max: connectionsMax, connectionTimeoutMillis: 5_000 })
  // A connection that dies is replaced by the next one; without listeners it would end the process. The pool has one on
  // those that are idle, and none on one that dies before whoever asked for it gets it.
  return pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}))
}

const clientOn = (pool: Pool): PrismaClient =>
  new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }), errorFormat: 'minimal' })

export const disconnect = async (): Promise<void> => {
  const { jackfieldDb, jackfieldPool } = holder
  delete holder.jackfieldDb
  delete holder.jackfieldPool
  await jackfieldDb?.$disconnect()
  if (jackfieldPool?.ended === false) await jackfieldPool.end()
}
