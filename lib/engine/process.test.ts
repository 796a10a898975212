import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resetEnv } from '#lib/config/env'
import type { AppError } from '#lib/core/errors'
import { db } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { badKeys } from '#lib/vault/testing/bad-keys'
import { engineStatus, readLines, runJob } from './client.ts'
import {
  createWorkspace,
  home as sealedTo,
  settings,
  storeTestConnection,
  storeTestCredential,
  testRequest,
} from './testing/harness.ts'

// The engine as the supervisor starts it: a process of its own, told everything through its environment.
const database = useTestDatabase()
const root = path.join(import.meta.dirname, '../..')
let home = ''
let running: ChildProcess[] = []
beforeEach(async () => {
  // What an earlier test sealed with its own key would look like a lost key here.
  await db().connection.deleteMany()
  await db().credential.deleteMany()
  home = mkdtempSync(path.join(tmpdir(), 'jackfield-'))
})
afterEach(async () => {
  await Promise.all(running.map((child) => end(child)))
  running = []
  rmSync(home, { recursive: true, force: true })
})

const keyFile = () => path.join(home, 'keys/encryption.json')
const socket = () => path.join(home, 'run/engine.sock')
const token = randomBytes(16).toString('hex')

const launch = (change: Record<string, string> = {}) => {
  const child: ChildProcess = spawn(process.execPath, [path.join(root, 'lib/engine/main.ts')], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      DATABASE_URL: database.url(),
      JACKFIELD_HOME: home,
      JACKFIELD_ENGINE_SOCKET: socket(),
      JACKFIELD_ENGINE_TOKEN: token,
      ...change,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.push(child)
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => Object.assign(said, { text: said.text + bytes }))
  return { child, said }
}

const startEngine = async (change?: Record<string, string>) => {
  const started = launch(change)
  const ready = once(started.child, 'message')
  await Promise.race([ready, once(started.child, 'exit').then(() => Promise.reject(new Error(started.said.text)))])
  Object.assign(process.env, { JACKFIELD_ENGINE_SOCKET: socket(), JACKFIELD_ENGINE_TOKEN: token })
  resetEnv()
  return { ...started, message: (await ready)[0] }
}

const end = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM') => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

const test = async (workspace: Awaited<ReturnType<typeof createWorkspace>>, connection_id: string) => {
  const lines: unknown[] = []
  const signal = AbortSignal.timeout(10_000)
  for await (const line of readLines(await runJob(testRequest(workspace, { connection_id }), signal))) lines.push(line)
  return lines.at(-1)
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: AppError) => error.code,
  )

/** A connection with a sealed secret, to a place where nobody listens. */
const storeSecret = async (password = 'x') => {
  const workspace = await createWorkspace()
  const credential = await storeTestCredential(workspace, { password }, { destination: sealedTo })
  const connection = await storeTestConnection(workspace, credential, settings('app'))
  return { workspace, credential, connection }
}

describe('the process', () => {
  it('says when it is ready, listens privately, and goes quietly on SIGTERM', async () => {
    const { child, message } = await startEngine()
    expect(message).toEqual({ ready: true, key_created: path.join(home, 'keys') })
    expect(statSync(socket()).mode & 0o777).toBe(0o600)
    expect(statSync(path.dirname(socket())).mode & 0o777).toBe(0o700)
    expect(statSync(path.join(home, 'keys/audit.key')).mode & 0o777).toBe(0o600)
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    expect(existsSync(socket())).toBe(false)
  })

  it('ends when its parent does', async () => {
    const { child } = await startEngine()
    const exit = once(child, 'exit')
    child.disconnect()
    expect(await exit).toEqual([0, null])
  })

  it('starts again over what a killed one left', async () => {
    await end((await startEngine()).child, 'SIGKILL')
    expect(existsSync(socket())).toBe(true)
    await startEngine()
    expect((await engineStatus()).key_source).toBe('file')
  })

  it('opens no debugger on SIGUSR1', async () => {
    const { child, said } = await startEngine()
    child.kill('SIGUSR1')
    await sleep(300)
    expect(said.text).not.toContain('Debugger listening')
    expect((await engineStatus()).key_source).toBe('file')
  })
})

describe('a key that must not be used', () => {
  it.each(badKeys)('stops the start with a sentence: %s', async (_, key) => {
    const { child, said } = launch({ JACKFIELD_ENCRYPTION_KEY: key })
    const [code] = await once(child, 'close')
    expect(code).toBe(1)
    expect(said.text).toMatch(/^Jackfield does not start: JACKFIELD_ENCRYPTION_KEY .+\n$/)
    expect(said.text).not.toContain(key)
    expect(existsSync(path.join(home, 'keys'))).toBe(false)
  })

  it('stops the start when a dump lies beside it', async () => {
    mkdirSync(path.join(home, 'keys'), { mode: 0o700 })
    writeFileSync(path.join(home, 'keys/jackfield.dump'), '')
    const { child, said } = launch()
    expect((await once(child, 'close'))[0]).toBe(1)
    expect(said.text).toContain('Keep keys and dumps apart')
  })
})

describe('a key that is not there any more', () => {
  it('leaves secrets locked and everything else running, and no new key is made behind anybody’s back', async () => {
    const first = await startEngine()
    const { workspace, connection } = await storeSecret()
    await end(first.child)
    renameSync(keyFile(), `${home}/kept.json`)

    const second = await startEngine()
    const status = await engineStatus()
    expect(status).toMatchObject({ key_source: 'missing', key_ids: [], primary_key_id: null })
    expect(status.problem).toMatch(/encryption key is missing.+locked.+back from your backup.+keys create/)
    await expect.poll(() => second.said.text).toContain('encryption key is missing')
    expect(await codeOf(test(workspace, connection))).toBe('credential_locked')
    expect(await codeOf(storeSecret())).toBe('unavailable')
    expect(existsSync(keyFile())).toBe(false)

    // Put back while it runs: no restart needed.
    renameSync(`${home}/kept.json`, keyFile())
    expect(await engineStatus()).toMatchObject({ key_source: 'file', problem: null })
    expect(await codeOf(test(workspace, connection))).toBe('accepted')
  })

  it('can be replaced on an explicit word; then secrets are entered again one by one', async () => {
    const first = await startEngine()
    const lost = await storeSecret()
    await end(first.child)
    rmSync(keyFile())
    await startEngine()
    const admin = [path.join(root, 'scripts/admin.ts'), 'keys', 'create']
    const env = { PATH: process.env.PATH, NODE_ENV: 'production' as const, JACKFIELD_HOME: home }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, admin, { cwd: root, env })
    expect(stderr).toMatch(/Made the key kek_\w{16}/)
    expect(stdout).toBe('')

    const status = await engineStatus()
    expect(status.key_source).toBe('file')
    expect(status.problem).toMatch(/locked: sealed with .*kek_\w{16}.+enter these secrets again one by one/)
    expect(await codeOf(test(lost.workspace, lost.connection))).toBe('credential_locked')
    const again = await storeSecret('entered again')
    expect(await codeOf(test(again.workspace, again.connection))).toBe('accepted')
    await expect(promisify(execFile)(process.execPath, admin, { cwd: root, env })).rejects.toThrow(
      /key file .+ already/,
    )
  })

  it('or another one: the wrong key opens nothing, says whose it is not, and seals what is new', async () => {
    const first = await startEngine()
    const { workspace, connection } = await storeSecret()
    await end(first.child)
    await startEngine({ JACKFIELD_ENCRYPTION_KEY: randomBytes(32).toString('base64') })
    const status = await engineStatus()
    expect(status.key_source).toBe('env')
    expect(status.problem).toContain('not among the keys of this installation')
    expect(await codeOf(test(workspace, connection))).toBe('credential_locked')
    const fresh = await storeSecret()
    expect(await codeOf(test(fresh.workspace, fresh.connection))).toBe('accepted')
  })

  it('or a damaged one: the file stays as it is and the start goes on', async () => {
    await end((await startEngine()).child)
    writeFileSync(keyFile(), '{"format":1,"keys":[{"id":"kek_', { mode: 0o600 })
    await startEngine()
    const status = await engineStatus()
    expect(status.key_source).toBe('missing')
    expect(status.problem).toContain('is damaged')
    expect(readFileSync(keyFile(), 'utf8')).toBe('{"format":1,"keys":[{"id":"kek_')
  })
})

describe('a stolen dump of the database', () => {
  it('holds none of 50 secrets in any form, and opens nothing without the key file', async () => {
    const { child, said } = await startEngine()
    const secrets = Array.from({ length: 50 }, (_, i) => `cnry-${i}/"${randomBytes(9).toString('base64')}"+ü`)
    const stored = await Promise.all(secrets.map((secret) => storeSecret(secret)))
    for (const { workspace, connection } of stored.slice(0, 5)) await test(workspace, connection)
    const dump = await dumpOf(database.url())
    expect(dump.length).toBeGreaterThan(10_000)
    expect(dump).toContain(stored[0]?.credential)
    const lower = dump.toLowerCase()
    for (const secret of secrets) {
      for (const form of formsOf(secret)) {
        expect(dump.includes(form) || lower.includes(form.toLowerCase()), form).toBe(false)
        expect(said.text).not.toContain(form)
      }
    }
    await end(child)
    rmSync(keyFile())
    await startEngine()
    for (const { workspace, connection } of stored) {
      expect(await codeOf(test(workspace, connection))).toBe('credential_locked')
    }
  })

  const formsOf = (secret: string): string[] => {
    const bytes = Buffer.from(secret)
    const wide = Buffer.from(secret, 'utf16le')
    return [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      wide.toString('hex'),
      wide.swap16().toString('hex'),
      gunzipSync(gzipSync(bytes)).subarray(0, 8).toString('utf8') + secret.slice(8, 16),
      gzipSync(bytes).subarray(10, -8).toString('hex'),
    ]
  }

  /** Every row of every table as text, byte columns in hexadecimal: what pg_dump would write. */
  const dumpOf = async (url: string): Promise<string> => {
    const client = new Client({ connectionString: url })
    await client.connect()
    const tables = await client.query("select tablename from pg_tables where schemaname = 'public'")
    const rows: string[] = []
    for (const { tablename } of tables.rows) {
      const found = await client.query(`select t::text as row from "${tablename}" t`)
      rows.push(...found.rows.map(({ row }) => row))
    }
    await client.end()
    return rows.join('\n')
  }
})

it('holds the database to be a store, not a judge: counts of keys come from rows that live', async () => {
  await startEngine()
  const { credential } = await storeSecret()
  await db().credentialVersion.updateMany({
    where: { credentialId: credential },
    data: { keyId: 'kek_ffffffffffffffff' },
  })
  expect((await engineStatus()).problem).toContain('kek_ffffffffffffffff')
  await db().credential.update({ where: { id: credential }, data: { deletedAt: new Date() } })
  expect((await engineStatus()).problem ?? '').not.toContain('kek_ffffffffffffffff')
})
