import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Env } from '#lib/config/env'
import { embeddedAddress, startEmbedded } from '#lib/db/embedded'
import { migrate } from '#lib/db/migrate'
import { databaseUrl, openDatabase } from './database.ts'
import { holderOf, lockHome } from './lock.ts'

/** Gives a command the database: of DATABASE_URL, of the running product, or brought up for as long as `work` takes. */
export const borrowDatabase = async <T>(settings: Env, work: (url: string) => Promise<T>): Promise<T> => {
  if (settings.DATABASE_URL !== undefined) {
    await migrate(settings.DATABASE_URL)
    return work(settings.DATABASE_URL)
  }
  const home = path.resolve(settings.JACKFIELD_HOME)
  const running = holderOf(home) === undefined ? undefined : embeddedAddress(home, 'database')
  return running === undefined ? withOwnServer(home, work) : work(databaseUrl(running))
}

const withOwnServer = async <T>(home: string, work: (url: string) => Promise<T>): Promise<T> => {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const lock = await lockHome(home)
  try {
    const server = await startEmbedded({ home, name: 'database', port: 5433 })
    try {
      const url = await openDatabase(server.adminUrl())
      await migrate(url)
      return await work(url)
    } finally {
      await server.stop()
    }
  } finally {
    lock.release()
  }
}
