import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { say } from './console.ts'
import { lastLines, logFile, openLog } from './logs.ts'

export interface ChildOptions {
  name: string
  /** The program, e.g. `lib/web/main.ts`. */
  file: string
  nodeArgs?: string[]
  env: NodeJS.ProcessEnv
  home: string
  /** Development shows what children say; otherwise it goes to their logs. */
  inherit?: boolean
  /** From SIGTERM to SIGKILL. */
  patience_ms: number
  onStart?(pid: number): void
}

export interface Child {
  /** Settles when the first process said it is ready; rejects if it ended before. */
  start(): Promise<void>
  /** Ends the process and lets the usual restart bring it up again. */
  restart(): void
  stop(): Promise<void>
}

const readyWithin_ms = 60_000
const root = path.join(import.meta.dirname, '../..')

/** One Node process that is kept running: a crash costs a moment, and longer ones between crashes that follow each other. */
export const superviseChild = (options: ChildOptions): Child => {
  const { name, home } = options
  const stopped = new AbortController()
  let current: ChildProcess | undefined
  let deliberate = false
  let wait_ms = 250

  const launch = (): ChildProcess => {
    const child = spawnChild(options)
    current = child
    if (child.pid !== undefined) options.onStart?.(child.pid)
    return child
  }

  const keepRunning = async (first: ChildProcess): Promise<void> => {
    for (let child = first; ; child = launch()) {
      const started = Date.now()
      const reason = await ending(child)
      if (stopped.signal.aborted) return
      if (Date.now() - started > 60_000) wait_ms = 250
      if (!deliberate) say(`The ${name} process ended (${reason}); starting it again. Log: ${logFile(home, name)}`)
      await sleep(deliberate ? 0 : wait_ms, undefined, { signal: stopped.signal }).catch(() => {})
      if (stopped.signal.aborted) return
      if (!deliberate) wait_ms = Math.min(wait_ms * 2, 15_000)
      deliberate = false
    }
  }

  return {
    start: async () => {
      const child = launch()
      const failure = await untilReady(child)
      if (failure === undefined) void keepRunning(child)
      else throw new Error(`The ${name} process did not start (${failure}).\n${lastLines(home, name)}`)
    },
    restart: () => {
      deliberate = true
      current?.kill('SIGTERM')
    },
    stop: async () => {
      stopped.abort()
      if (current) await endChild(current, options.patience_ms)
    },
  }
}

const spawnChild = ({ name, file, nodeArgs = [], env, home, inherit }: ChildOptions): ChildProcess => {
  const log = inherit ? ('inherit' as const) : openLog(home, name)
  // A process group of its own: Ctrl-C reaches only the supervisor, which takes everything down in order.
  // A dump of its memory would hold what it has opened: it leaves none, and neither do the processes it starts.
  const child = spawn('/bin/sh', ['-c', 'ulimit -c 0; exec "$@"', 'sh', process.execPath, ...nodeArgs, file], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  if (typeof log === 'number') closeSync(log)
  return child
}

const ending = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.signalCode ?? `exit code ${child.exitCode}`)
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    child.once('error', (error) => resolve(error.message))
  })

const untilReady = (child: ChildProcess): Promise<string | undefined> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, readyWithin_ms, `not ready within ${readyWithin_ms / 1000} seconds`)
    child.on('message', (message) => {
      if (typeof message === 'object' && 'ready' in message) resolve(undefined)
    })
    ending(child).then(resolve)
    child.once('message', () => clearTimeout(timer))
    child.once('exit', () => clearTimeout(timer))
  })

const endChild = async (child: ChildProcess, patience_ms: number): Promise<void> => {
  const ended = ending(child)
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), patience_ms)
  await ended
  clearTimeout(timer)
}
