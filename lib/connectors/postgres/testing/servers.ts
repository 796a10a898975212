import { Client } from 'pg'
import { inject } from 'vitest'
import { type Cluster, debianBin, startCluster } from './cluster.ts'

export interface TestServer {
  name: string
  port: number
  admin: { username: string; password: string }
  run(database: string, statement: string): Promise<void>
  stop(): void
}

/** The real servers every promise is tested on: the embedded PostgreSQL, and Debian's where it is installed. */
export const serverNames = ['embedded', ...(debianBin() ? ['Debian'] : [])] as const

export const openServer = async (name: string): Promise<TestServer> => {
  const bin = debianBin()
  if (name === 'Debian' && bin) {
    const cluster: Cluster = await startCluster(bin)
    return asServer(name, cluster.port, cluster.superuser, () => cluster.stop())
  }
  const url = new URL(inject('databaseServer'))
  const admin = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  return asServer(name, Number(url.port), admin, () => {})
}

const asServer = (name: string, port: number, admin: TestServer['admin'], stop: () => void): TestServer => ({
  name,
  port,
  admin,
  stop,
  async run(database, statement) {
    const client = new Client({ host: '127.0.0.1', port, database, user: admin.username, password: admin.password })
    await client.connect()
    await client.query(statement).finally(() => client.end())
  },
})
