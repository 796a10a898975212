import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { resetEnv } from '#lib/config/env'
import { originKeyOf } from '#lib/supervisor/audit-key'

/** The real engine as a process of its own, for the file's database; call it after `useApi()`. `env`: read at each start. */
export const useEngine = (env: () => Record<string, string> = () => ({})) => {
  let engine: ChildProcess | undefined
  const others: ChildProcess[] = []
  const said: string[] = []
  /** Who asks for more than warnings reads them, and need not see them. */
  const isQuiet = () => env().JACKFIELD_LOG_LEVEL !== undefined
  const home = mkdtempSync(path.join(tmpdir(), 'jf-engine-'))
  const settings = {
    JACKFIELD_HOME: home,
    JACKFIELD_ENGINE_SOCKET: path.join(home, 's', 'e.sock'),
    JACKFIELD_ENGINE_TOKEN: randomBytes(24).toString('hex'),
  }
  const launch = async (socket = settings.JACKFIELD_ENGINE_SOCKET): Promise<ChildProcess> => {
    const started = spawn(process.execPath, [path.join(import.meta.dirname, '../../engine/main.ts')], {
      env: {
        NODE_ENV: 'test',
        PATH: process.env.PATH ?? '',
        DATABASE_URL: process.env.DATABASE_URL ?? '',
        JACKFIELD_EGRESS_ALLOW_LOOPBACK: 'true',
        JACKFIELD_LOG_LEVEL: 'warn',
        ...settings,
        JACKFIELD_ENGINE_SOCKET: socket,
        ...env(),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [started.stdout, started.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said.push(text)
        if (!isQuiet()) process.stderr.write(text)
      })
    await new Promise<void>((resolve, reject) => {
      started.once('message', () => resolve())
      started.once('exit', (code) => reject(new Error(`the engine ended with ${code}`)))
    })
    return started
  }
  const start = async (): Promise<void> => {
    engine = await launch()
  }
  /** Ends it the way a crash does. */
  const kill = (): Promise<void> => end(engine, 'SIGKILL')
  /** Asks it to stop. */
  const stop = (): Promise<void> => end(engine, 'SIGTERM')
  /** A second engine on the same database with the same keys, which nobody asks but which takes its share of the work. */
  const another = async (): Promise<{ kill(): Promise<void> }> => {
    const launched = await launch(path.join(home, `s${others.length}`, 'e.sock'))
    others.push(launched)
    return { kill: () => end(launched, 'SIGKILL') }
  }
  beforeAll(async () => {
    Object.assign(process.env, settings, { JACKFIELD_AUDIT_ORIGIN_KEY: await originKeyOf(home) })
    resetEnv()
    await start()
  })
  afterAll(async () => {
    for (const name of [...Object.keys(settings), 'JACKFIELD_AUDIT_ORIGIN_KEY']) delete process.env[name]
    resetEnv()
    await Promise.all([engine, ...others].map((one) => end(one, 'SIGTERM')))
    rmSync(home, { recursive: true, force: true })
  })
  /** All that engines and their runners have printed. */
  const log = (): string => said.join('')
  return { home, start, stop, kill, another, log }
}

const end = async (running: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> => {
  if (!running || running.exitCode !== null || running.signalCode !== null) return
  await new Promise<void>((done) => {
    running.once('exit', () => done())
    running.kill(signal)
  })
}
