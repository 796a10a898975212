import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { afterAll, expect, test } from 'vitest'
import { type EmbeddedServer, startEmbedded } from './embedded.ts'
import { databaseUser } from './embedded-user.ts'

const isRoot = process.getuid?.() === 0
const folders: string[] = []
const newHome = (): string => {
  const home = mkdtempSync(path.join(tmpdir(), 'jackfield-embedded-'))
  folders.push(home)
  return home
}
const start = (home: string, { port = 0, durable = false } = {}): Promise<EmbeddedServer> =>
  startEmbedded({ home, name: 'database', port, durable, settings: { shared_buffers: '16MB' } })

const stateOf = (home: string) => JSON.parse(readFileSync(path.join(home, 'database.json'), 'utf8'))

const query = async (url: string, statement: string) => {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

test('what was written is there after a stop and after a kill -9', async () => {
  const home = newHome()
  const first = await start(home, { durable: true })
  await query(first.adminUrl(), 'create table kept (id int)')
  await first.stop()
  const second = await start(home, { durable: true })
  await query(second.adminUrl(), 'insert into kept values (1)')
  process.kill(second.pid, 'SIGKILL')
  await second.ended
  const third = await start(home, { durable: true })
  expect(await query(third.adminUrl(), 'select * from kept')).toEqual([{ id: 1 }])
  await third.stop()
})

test('a server that a killed parent left running is replaced, with all it knew', async () => {
  const home = newHome()
  const left = await start(home)
  await query(left.adminUrl(), 'create table kept (id int)')
  const next = await start(home)
  expect(await left.ended).toBe('exit code 0')
  expect(next.port).toBe(left.port)
  expect(await query(next.adminUrl(), 'select * from kept')).toEqual([])
  await next.stop()
})

test('a stale pid file never stops another process, and never stops the start', async () => {
  const home = newHome()
  const first = await start(home)
  await first.stop()
  // Running as the database's own user: PostgreSQL takes any such process for a server that still runs.
  const stranger = spawn('sleep', ['60'], { ...databaseUser() })
  const file = path.join(stateOf(home).folder, 'data/postmaster.pid')
  writeFileSync(file, `${stranger.pid}\n${path.dirname(file)}\n1\n5433\n\n127.0.0.1\n         1         1\nready   \n`)
  const second = await start(home)
  expect(stranger.exitCode).toBeNull()
  expect(stranger.signalCode).toBeNull()
  await second.stop()
  stranger.kill()
})

test('a creation that was cut short begins again', async () => {
  const home = newHome()
  const first = await start(home)
  await first.stop()
  const { folder } = stateOf(home)
  rmSync(path.join(folder, 'data'), { recursive: true })
  mkdirSync(path.join(folder, 'data.new/base'), { recursive: true })
  const second = await start(home)
  expect(await query(second.adminUrl(), 'select 1 as one')).toEqual([{ one: 1 }])
  await second.stop()
})

test('only the right password gets in, only from this machine, and only its owner can read it', async () => {
  const home = newHome()
  const server = await start(home)
  const wrong = Object.assign(new URL(server.adminUrl()), { password: 'wrong' }).href
  await expect(query(wrong, 'select 1')).rejects.toThrow(/password authentication failed/)
  const [settings] = await query(
    server.adminUrl(),
    "select current_setting('listen_addresses') as listen, current_setting('unix_socket_directories') as sockets, current_setting('password_encryption') as scram, current_setting('wal_level') as wal",
  )
  expect(settings).toEqual({ listen: '127.0.0.1', sockets: '', scram: 'scram-sha-256', wal: 'logical' })
  expect(statSync(path.join(home, 'database.json')).mode & 0o777).toBe(0o600)
  await server.stop()
})

test('a taken port is replaced by a free one, which is kept', async () => {
  const blocker = createServer()
  const taken = await new Promise<number>((resolve) => {
    blocker.listen(0, '127.0.0.1', () => {
      const address = blocker.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  const home = newHome()
  const first = await start(home, { port: taken })
  expect(first.port).not.toBe(taken)
  await first.stop()
  blocker.close()
  const second = await start(home, { port: taken })
  expect(second.port).toBe(first.port)
  await second.stop()
})

test.skipIf(!isRoot)('root’s database lies outside of a home that its user cannot enter', async () => {
  const closed = newHome()
  chmodSync(closed, 0o700)
  const home = path.join(closed, 'home')
  const server = await start(home)
  const { folder } = stateOf(home)
  expect(folder).toMatch(/^\/var\/lib\/jackfield\//)
  expect(existsSync(path.join(folder, 'data/PG_VERSION'))).toBe(true)
  expect(statSync(folder).uid).not.toBe(0)
  await server.stop()
  rmSync(path.dirname(folder), { recursive: true })
})
