import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { connect } from './client.ts'

const message = (type: string, body: string): Buffer => {
  const head = Buffer.alloc(5, type)
  head.writeInt32BE(4 + Buffer.byteLength(body), 1)
  return Buffer.concat([head, Buffer.from(body)])
}
const welcome = Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I')])
const farewell = message('E', 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0')

let server: Server
const sockets = new Set<Socket>()

/** A server that dies in the moment in which it lets somebody in. */
const startDying = async (): Promise<string> => {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('data', () => socket.end(Buffer.concat([welcome, farewell])))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `postgresql://nobody:x@127.0.0.1:${(server.address() as AddressInfo).port}/none`
}

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

test('a server that dies while it lets us in fails what was asked, and no process', async () => {
  const uncaught: unknown[] = []
  const keep = (error: unknown) => void uncaught.push(error)
  process.on('uncaughtException', keep)
  const client = connect(await startDying())
  try {
    await expect(client.$transaction((tx) => tx.$queryRaw`select 1`)).rejects.toThrow()
    await expect(client.$queryRaw`select 1`).rejects.toThrow()
    expect(uncaught).toEqual([])
  } finally {
    await client.$disconnect()
    process.off('uncaughtException', keep)
  }
})
