import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { env } from '#lib/config/env'
import { AppError } from '#lib/core/errors'
import { createLog } from '#lib/core/log'
import { disconnect } from '#lib/db/client'
import { createRunnerPool } from '#lib/runner/pool'
import { KeyProblem } from '#lib/vault/key-problem'
import { loadOrCreateKey } from '#lib/vault/keyring'

import { startAlerts } from './alerts.ts'

import { keepAudit } from './audit.ts'
import { startPruning } from './history.ts'

import { holdKeys } from './keys.ts'
import { filesFolder } from './local-file.ts'
import { egressPolicy } from './policy.ts'
import { startRefreshes } from './refreshes/loop.ts'
import { runRewraps } from './rewrap.ts'
import { startRotations } from './rotations.ts'
import { keepCounting } from './seal-counter.ts'
import { createEngineServer } from './server.ts'
import { startSinkLoop } from './sinks/loop.ts'
import { startSlotWatch } from './slot-watch.ts'

// The engine: the only process with the encryption keys. Started by the supervisor, answers the web process only.
const settings = env()
const log = createLog('engine', { level: settings.JACKFIELD_LOG_LEVEL })
/** A stop that takes longer is not graceful any more. */
const stopMs = 5_000

const start = async (): Promise<void> => {
  const { JACKFIELD_ENGINE_SOCKET: socket, JACKFIELD_ENGINE_TOKEN: token } = settings
  if (!socket || !token) throw new KeyProblem('refused', 'The engine is started by “npm start”, not by itself.')
  const folder = path.join(settings.JACKFIELD_HOME, 'keys')
  const keys = await holdKeys({ folder, fromEnv: settings.JACKFIELD_ENCRYPTION_KEY, settings })
  const audit = keepAudit({
    home: settings.JACKFIELD_HOME,
    key: await loadOrCreateKey(path.join(folder, 'audit.key')),
    log,
  })
  mkdirSync(filesFolder(settings.JACKFIELD_HOME), { recursive: true, mode: 0o700 })
  const policy = egressPolicy(settings)
  const pool = createRunnerPool({
    max: settings.JACKFIELD_RUNNERS_MAX,
    policy,
    log: (line) => log.warn({ runner: line }, 'runner'),
  })
  let rewraps: ReturnType<typeof runRewraps> | undefined
  const counting = keepCounting(keys, log)
  const { DATABASE_URL: databaseUrl, JACKFIELD_HOME: home } = settings
  const sinks = startSinkLoop({ databaseUrl, keys, policy, home, log })
  const stopping = new AbortController()
  const server = createEngineServer({ token, keys, pool, sinks, audit, log, stopping: stopping.signal })
  const rotations = startRotations({ keys, pool, log })
  const refreshes = startRefreshes({ keys, pool, log })
  const alerts = startAlerts(log)
  const history = startPruning(log)
  const slots = startSlotWatch({ keys, pool, log })
  const stop = onceOnly(async () => {
    setTimeout(() => process.exit(1), stopMs).unref()
    server.close()
    history.stop()
    stopping.abort(new AppError('unavailable', 'Stopped: the server is shutting down.'))
    await Promise.all([alerts.stop(), refreshes.stop(), rotations.stop(), slots.stop(), sinks.stop()])
    await Promise.all([pool.stop(), rewraps?.stop(), counting.stop()])
    server.closeAllConnections()
    await audit.stop()
    await disconnect()
    rmSync(socket, { force: true })
    process.exit(0)
  })
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // The parent is gone, however it went; an engine nobody started must not keep keys.
  process.on('disconnect', stop)

  preparePlace(socket)
  server.once('error', fail)
  server.listen(socket, () => {
    audit.start()
    chmodSync(socket, 0o600)
    if (keys.wasCreated())
      log.warn(`A new encryption key was made in ${folder}. Back this folder up, apart from the database.`)
    void keys
      .status()
      .then(
        ({ problem }) => problem && log.warn(problem),
        (error: unknown) => log.warn({ err: error }, 'the state of the keys is not known yet'),
      )
      .then(() => {
        rewraps = runRewraps(keys, log)
      })
    process.send?.({ ready: true, ...(keys.wasCreated() && { key_created: folder }) })
  })
}

/** The socket's folder is private before the socket exists, so that nobody can reach it in between. */
const preparePlace = (socket: string): void => {
  const folder = path.dirname(socket)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if ((statSync(folder).mode & 0o077) !== 0) {
    throw new KeyProblem('refused', `${folder} can be opened by other users. Close it: chmod 700 ${folder}`)
  }
  rmSync(socket, { force: true })
}

const onceOnly = (work: () => Promise<void>): (() => void) => {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    void work().catch(() => process.exit(1))
  }
}

// Node would open a debugger on this signal, and a debugger can read keys (ENC-19).
process.on('SIGUSR1', () => {})

const fail = (error: unknown): never => {
  if (error instanceof KeyProblem) process.stderr.write(`Jackfield does not start: ${error.message}\n`)
  else log.error({ err: error }, 'the engine does not start')
  process.exit(1)
}

start().catch(fail)
