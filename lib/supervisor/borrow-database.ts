import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Env } from '#lib/config/env'
import { embeddedAddress, startEmbedded } from '#lib/db/embedded'
import { addressesOf, type DatabaseAddresses } from '#lib/db/roles'
import { externalDatabase, openDatabase, prepareSchema } from './database.ts'
import { holderOf, lockHome } from './lock.ts'

/** Gives a command the database: of DATABASE_URL, of the running product, or brought up for as long as `work` takes. */
export const borrowDatabase = async <T>(settings: Env, work: Work<T>): Promise<T> => {
  const external = externalDatabase(settings)
  if (external) {
    await prepareSchema(external)
    return work(external)
  }
  const home = path.resolve(settings.JACKFIELD_HOME)
  const running = holderOf(home) === undefined ? undefined : embeddedAddress(home, 'database')
  return running === undefined ? withOwnServer(home, work) : work(addressesOf(running))
}

type Work<T> = (addresses: DatabaseAddresses) => Promise<T>

const withOwnServer = async <T>(home: string, work: Work<T>): Promise<T> => {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const lock = await lockHome(home)
  try {
    const server = await startEmbedded({ home, name: 'database', port: 5433 })
    try {
      const addresses = await openDatabase(server.adminUrl())
      await prepareSchema(addresses)
      return await work(addresses)
    } finally {
      await server.stop()
    }
  } finally {
    lock.release()
  }
}
