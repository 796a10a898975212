import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { accessSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'

// The product as a person starts it, and everything that may happen to it. One after the other: each is a whole product.
const root = path.join(import.meta.dirname, '..')
const isRoot = process.getuid?.() === 0
const nobody = { uid: 65_534, gid: 65_534 }

interface Running {
  url: string
  port: number
  child: ChildProcess
  output(): string
}

const homes: string[] = []
const running: Running[] = []
const cleanEnv = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', NODE_ENV: 'production' } as const

const newHome = (): string => {
  const home = mkdtempSync(path.join(tmpdir(), 'jackfield-start-'))
  homes.push(home)
  return home
}

const launch = (home: string, env: Record<string, string> = {}, user: object = {}) => {
  const child = spawn(process.execPath, ['scripts/start.ts'], {
    cwd: root,
    env: { ...cleanEnv, JACKFIELD_HOME: home, JACKFIELD_PORT: '0', JACKFIELD_SAMPLE: 'false', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return { child, output: () => output }
}

const start = async (home: string, env: Record<string, string> = {}, user: object = {}): Promise<Running> => {
  const { child, output } = launch(home, env, user)
  await until(() => /Open (http\S+)/.test(output()) || child.exitCode !== null, 60_000)
  const url = /Open (http\S+)/.exec(output())?.[1]
  if (!url) throw new Error(`The product ended:\n${output()}`)
  const product = { url, port: Number(new URL(url).port), child, output }
  running.push(product)
  return product
}

const until = async (check: () => boolean | Promise<boolean>, within_ms: number): Promise<void> => {
  for (const deadline = Date.now() + within_ms; Date.now() < deadline; await sleep(50)) if (await check()) return
  throw new Error(`It did not happen within ${within_ms} ms.`)
}

const end = async ({ child }: Pick<Running, 'child'>, signal: NodeJS.Signals): Promise<number | null> => {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  child.kill(signal)
  return ended
}

const isReady = async ({ url }: Pick<Running, 'url'>): Promise<boolean> => {
  try {
    return (await fetch(`${url}/api/ready`)).ok
  } catch {
    return false
  }
}

const admin = (home: string, given: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, ['scripts/admin.ts', ...given], {
    cwd: root,
    env: { ...cleanEnv, JACKFIELD_HOME: home, ...env },
    encoding: 'utf8',
  })

const makeKey = (home: string): string => {
  admin(home, ['owner', 'create', '--email', 'owner@example.com'])
  return admin(home, ['api-key', 'create', '--name', 'test', '--scopes', 'connections:read']).stdout.trim()
}

const answers = async ({ url }: Running, key: string): Promise<number> =>
  (await fetch(`${url}/api/connections`, { headers: { authorization: `Bearer ${key}` } })).status

const childPid = (home: string, name: string): number =>
  JSON.parse(readFileSync(path.join(home, 'running.json'), 'utf8')).children[name].pid

const postmasterPid = (home: string): number => {
  const { folder } = JSON.parse(readFileSync(path.join(home, 'database.json'), 'utf8'))
  return Number.parseInt(readFileSync(path.join(folder, 'data/postmaster.pid'), 'utf8'), 10)
}

/** Whether another process stands in its place; in between its file may be gone. */
const isSucceeded = (successor: () => number, pid: number): boolean => {
  try {
    return successor() !== pid
  } catch {
    return false
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

beforeAll(() => {
  const build = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, env: cleanEnv, encoding: 'utf8' })
  expect(build.stderr + build.stdout, 'the build').not.toMatch(/could not be built/)
}, 300_000)

afterEach(async () => {
  for (const product of running.splice(0)) await end(product, 'SIGTERM')
})

afterAll(() => {
  for (const home of homes) {
    const state = path.join(home, 'database.json')
    const folder = existsSync(state) ? path.dirname(JSON.parse(readFileSync(state, 'utf8')).folder) : home
    rmSync(folder, { recursive: true, force: true })
    rmSync(home, { recursive: true, force: true })
  }
})

test('it says where it is, gives the one-time link and the key to back up, and stops cleanly on SIGTERM', async () => {
  const home = newHome()
  const product = await start(home)
  expect(await isReady(product)).toBe(true)
  expect(product.output()).toMatch(new RegExp(`${product.url}/setup\\?token=\\w{40,}`))
  expect(product.output()).toContain(path.join(home, 'keys/encryption.json'))
  const pids = [childPid(home, 'web'), childPid(home, 'engine'), postmasterPid(home)]
  expect(pids.every(isAlive)).toBe(true)
  const began = Date.now()
  expect(await end(product, 'SIGTERM')).toBe(0)
  expect(Date.now() - began).toBeLessThan(10_000)
  expect(pids.some(isAlive)).toBe(false)
  expect(existsSync(path.join(home, 'running.json'))).toBe(false)
})

test('SIGTERM in the middle of a start leaves nothing behind', async () => {
  const home = newHome()
  const product = launch(home)
  await until(() => existsSync(path.join(home, 'running.json')), 20_000)
  await sleep(300)
  expect(await end(product, 'SIGTERM')).toBe(0)
  expect(existsSync(path.join(home, 'running.json'))).toBe(false)
  await start(home)
})

test('after a kill -9 of the supervisor the children end, and the next start has the same port and all data', async () => {
  const home = newHome()
  const first = await start(home)
  const key = makeKey(home)
  const pids = [childPid(home, 'web'), childPid(home, 'engine')]
  await end(first, 'SIGKILL')
  const second = await start(home, { JACKFIELD_PORT: String(first.port) })
  expect(pids.some(isAlive)).toBe(false)
  expect(second.port).toBe(first.port)
  expect(await answers(second, key)).toBe(200)
  expect(second.output()).not.toContain('/setup?token=')
})

test('a kill -9 of PostgreSQL, the engine or the web server costs a moment and no data', async () => {
  const home = newHome()
  const product = await start(home)
  const key = makeKey(home)
  for (const victim of [() => postmasterPid(home), () => childPid(home, 'engine'), () => childPid(home, 'web')]) {
    const pid = victim()
    process.kill(pid, 'SIGKILL')
    await until(async () => isSucceeded(victim, pid) && (await isReady(product)), 30_000)
    expect(await answers(product, key)).toBe(200)
  }
})

test('everything killed at once comes back with all data', async () => {
  const home = newHome()
  const first = await start(home)
  const key = makeKey(home)
  const pids = [postmasterPid(home), childPid(home, 'web'), childPid(home, 'engine')]
  first.child.kill('SIGKILL')
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  expect(await answers(await start(home), key)).toBe(200)
})

test('a home has one supervisor at a time', async () => {
  const home = newHome()
  const first = await start(home)
  const second = launch(home)
  await until(() => second.child.exitCode !== null, 20_000)
  expect(second.child.exitCode).toBe(1)
  expect(second.output()).toContain(`already running in ${home} (process ${first.child.pid})`)
  expect(await isReady(first)).toBe(true)
})

test('a taken port is replaced by a free one, and said', async () => {
  const blocker: Server = createServer()
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', () => resolve()))
  const address = blocker.address()
  const taken = typeof address === 'object' && address ? address.port : 0
  const product = await start(newHome(), { JACKFIELD_PORT: String(taken) })
  expect(product.port).not.toBe(taken)
  expect(product.output()).toContain(`Port ${taken} is taken`)
  expect(await isReady(product)).toBe(true)
  blocker.close()
})

test('two instances may start at once on one empty external database, and work in it as the lesser of two roles', async () => {
  const server = inject('databaseServer')
  const client = new Client({ connectionString: server })
  await client.connect()
  await client.query('create database start_twice')
  const owner = Object.assign(new URL(server), { pathname: '/start_twice' }).href
  const app = Object.assign(new URL(owner), { username: 'start_app', password: 'p@ss:w%rd' }).href
  const env = { DATABASE_URL: app, JACKFIELD_MIGRATIONS_DATABASE_URL: owner }
  const both = await Promise.all([start(newHome(), env), start(newHome(), env)])
  expect(await Promise.all(both.map(isReady))).toEqual([true, true])
  const { rows } = await client.query("select distinct usename from pg_stat_activity where datname = 'start_twice'")
  expect(rows).toEqual([{ usename: 'start_app' }])
  for (const { output } of both) expect(output()).not.toContain('could rewrite the audit trail')
  for (const product of running.splice(0)) expect(await end(product, 'SIGTERM')).toBe(0)
  await client.query('drop database start_twice with (force)')
  await client.query('drop role start_app')
  await client.end()
})

test('an external database that does not answer is a sentence without its password', async () => {
  const { child, output } = launch(newHome(), { DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:1/none' })
  await until(() => child.exitCode !== null, 30_000)
  expect(child.exitCode).toBe(1)
  expect(output()).toContain('DATABASE_URL does not answer')
  expect(output()).not.toContain('hunter2')
})

const debian = '/usr/lib/postgresql'
const debianVersion = existsSync(debian) ? readdirSync(debian).sort().at(-1) : undefined

test.skipIf(debianVersion === undefined || !isRoot)('it runs on the PostgreSQL of the distribution', async () => {
  const home = newHome()
  const data = mkdtempSync(path.join(tmpdir(), 'jackfield-debian-'))
  homes.push(data)
  const id = (option: string) => Number(spawnSync('id', [option, 'postgres'], { encoding: 'utf8' }).stdout)
  const user = { uid: id('-u'), gid: id('-g') }
  chownSync(data, user.uid, user.gid)
  const bin = path.join(debian, debianVersion ?? '', 'bin')
  const options = { cwd: '/', env: { PATH: cleanEnv.PATH, NODE_ENV: 'test' as const }, ...user }
  spawnSync(path.join(bin, 'initdb'), ['-D', data, '-A', 'trust', '--no-sync'], options)
  const port = 20_000 + (process.pid % 20_000)
  const server = spawn(
    path.join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-F'],
    options,
  )
  await sleep(1_500)
  const product = await start(home, { DATABASE_URL: `postgresql://postgres@127.0.0.1:${port}/postgres` })
  expect(await isReady(product)).toBe(true)
  expect(product.output()).toContain('could rewrite the audit trail')
  expect(existsSync(path.join(home, 'database.json'))).toBe(false)
  expect(await end(product, 'SIGTERM')).toBe(0)
  server.kill('SIGINT')
  await until(() => server.exitCode !== null, 10_000)
})

const isOpenToOthers = (): boolean => {
  const probe = ['-c', 'test -r package.json && test -x "$1"', 'sh', process.execPath]
  return spawnSync('/bin/sh', probe, { cwd: root, ...nobody }).status === 0
}

test.skipIf(!isRoot || !isOpenToOthers())('it runs as an ordinary user', async () => {
  const home = newHome()
  chownSync(home, nobody.uid, nobody.gid)
  const product = await start(home, { HOME: home }, nobody)
  expect(await isReady(product)).toBe(true)
  accessSync(path.join(home, 'database/data/PG_VERSION'))
  expect(await end(product, 'SIGTERM')).toBe(0)
})

test('as soon as there is a workspace the sample source is there and its test is green', async () => {
  const home = newHome()
  const product = await start(home, { JACKFIELD_SAMPLE: 'true' })
  admin(home, ['owner', 'create', '--email', 'owner@example.com'])
  const scopes = 'connections:read,connections:test,connections:delete,connections:purge,data-sources:read'
  const key = admin(home, ['api-key', 'create', '--name', 'test', '--scopes', scopes]).stdout.trim()
  const call = async (method: string, pathname: string) => {
    const headers = { authorization: `Bearer ${key}` }
    const response = await fetch(`${product.url}${pathname}`, { method, headers })
    return { status: response.status, body: await response.json() }
  }
  await until(async () => (await call('GET', '/api/connections/sample-shop')).status === 200, 30_000)
  expect((await call('POST', '/api/connections/sample-shop/test')).body).toMatchObject({ success: true })
  const { body } = await call('GET', '/api/data-sources/sample-shop/schemas')
  const names = body.data.map(({ name }: { name: string }) => name)
  expect(names).toEqual(expect.arrayContaining(['analytics', 'inventory', 'marketing', 'people', 'sales']))
})

test('the command line works while the product runs and while it does not, and prints a secret exactly once', async () => {
  const home = newHome()
  const created = admin(home, ['owner', 'create', '--email', 'ada@example.com', '--name', 'Ada'])
  expect(created.status).toBe(0)
  expect(created.stdout).toMatch(/^[a-z0-9-]{27}\n$/)
  const product = await start(home)
  const key = admin(home, ['api-key', 'create', '--name', 'ci', '--scopes', 'connections:read', '--expires-days', '7'])
  expect(await answers(product, key.stdout.trim())).toBe(200)
  const list = admin(home, ['api-key', 'list']).stdout
  expect(list).toContain('ci')
  expect(list).not.toContain(key.stdout.trim())
  const id = /key_\w+/.exec(list)?.[0] ?? ''
  expect(admin(home, ['api-key', 'revoke', id]).status).toBe(0)
  expect(await answers(product, key.stdout.trim())).toBe(401)
  expect(admin(home, ['owner', 'reset-password', '--email', 'nobody@example.com']).status).toBe(1)
  expect(admin(home, ['api-key', 'create', '--name', 'x', '--scopes', 'everything']).stderr).toContain(
    'connections:read',
  )
  expect(admin(home, ['owner', 'create', '--password', 'hunter2']).status).toBe(2)
})
