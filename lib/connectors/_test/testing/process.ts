import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'

/** The user a server runs as where the tests run as root. */
export const idsOf = (user: string): { uid: number; gid: number } => {
  const id = (flag: string) => Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout.trim())
  return { uid: id('-u'), gid: id('-g') }
}

/** A port of the loopback address that nobody listens on now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
