import { PrismaPg } from '@prisma/adapter-pg'
import { env } from '#lib/config/env'
import { Prisma, PrismaClient } from './generated/client.ts'

export { Prisma }
/** A transaction, or the client itself for single statements. */
export type Tx = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>

// One client per process, also where Next bundles this module a second time or reloads it in development.
const holder = globalThis as typeof globalThis & { jackfieldDb?: PrismaClient }

/** The database of this process, connected on first use. */
export const db = (): PrismaClient => {
  holder.jackfieldDb ??= connect(env().DATABASE_URL)
  return holder.jackfieldDb
}

/** A client of its own, for tests and commands. */
export const connect = (url: string | undefined, connectionsMax = 8): PrismaClient => {
  if (!url) throw new Error('DATABASE_URL is not set; start Jackfield with `npm start`.')
  const adapter = new PrismaPg({ connectionString: url, max: connectionsMax, connectionTimeoutMillis: 5_000 })
  return new PrismaClient({ adapter, errorFormat: 'minimal' })
}

export const disconnect = async (): Promise<void> => {
  await holder.jackfieldDb?.$disconnect()
  delete holder.jackfieldDb
}
