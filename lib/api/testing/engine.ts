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
  const home = mkdtempSync(path.join(tmpdir(), 'jf-engine-'))
  const settings = {
    JACKFIELD_HOME: home,
    JACKFIELD_ENGINE_SOCKET: path.join(home, 's', 'e.sock'),
    JACKFIELD_ENGINE_TOKEN: randomBytes(24).toString('hex'),
  }
  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, [path.join(import.meta.dirname, '../../engine/main.ts')], {
      env: {
        NODE_ENV: 'test',
        PATH: process.env.PATH ?? '',
        DATABASE_URL: process.env.DATABASE_URL ?? '',
        JACKFIELD_EGRESS_ALLOW_LOOPBACK: 'true',
        JACKFIELD_LOG_LEVEL: 'warn',
        ...settings,
        ...env(),
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    engine = started
    await new Promise<void>((resolve, reject) => {
      started.once('message', () => resolve())
      started.once('exit', (code) => reject(new Error(`the engine ended with ${code}`)))
    })
  }
  /** Ends it the way a crash does. */
  const kill = async (): Promise<void> => {
    const killed = engine
    if (!killed || killed.exitCode !== null || killed.signalCode !== null) return
    await new Promise<void>((done) => {
      killed.once('exit', () => done())
      killed.kill('SIGKILL')
    })
  }
  beforeAll(async () => {
    Object.assign(process.env, settings, { JACKFIELD_AUDIT_ORIGIN_KEY: await originKeyOf(home) })
    resetEnv()
    await start()
  })
  afterAll(async () => {
    for (const name of [...Object.keys(settings), 'JACKFIELD_AUDIT_ORIGIN_KEY']) delete process.env[name]
    resetEnv()
    if (engine && engine.exitCode === null && engine.signalCode === null) {
      const stopped = engine
      await new Promise<void>((done) => {
        stopped.once('exit', () => done())
        stopped.kill('SIGTERM')
      })
    }
    rmSync(home, { recursive: true, force: true })
  })
  return { home, start, kill }
}
