import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { deriveAuditKeys } from '#lib/audit/keys'
import { holdOriginKey } from '#lib/audit/origin'
import { type Env, resetEnv } from '#lib/config/env'
import { createLog } from '#lib/core/log'
import { createRunnerPool } from '#lib/runner/pool'
import { KeyProblem } from '#lib/vault/key-problem'
import { loadOrCreateKey } from '#lib/vault/keyring'
import { type RecoveryKit, splitKeys } from '#lib/vault/recovery-kit'
import { holdKeys, type KeyHolder } from './keys.ts'
import { egressPolicy } from './policy.ts'
import { createRewrapper } from './rewrap.ts'
import { flushSeals } from './seal-counter.ts'
import { createEngineServer } from './server.ts'

export interface ConsoleEngine {
  /** One batch of a move of secrets; false when there is no more to do. */
  rewrapStep(): Promise<boolean>
  /** All keys, split. Only commands can ask for it: no route of the engine answers keys, in whatever form. */
  recoveryKit(): Promise<RecoveryKit & { keyIds: string[] }>
}

/**
 * An engine of the command's own for as long as `work` takes, so that commands about keys are the very operations of the
 * API, whether the product runs or not. One that runs notices the changed keys by itself.
 */
export const withConsoleEngine = async (settings: Env, work: (engine: ConsoleEngine) => Promise<void>) => {
  const log = createLog('command', { level: 'error' })
  const folder = path.join(path.resolve(settings.JACKFIELD_HOME), 'keys')
  const keys = await holdKeys({ folder, fromEnv: settings.JACKFIELD_ENCRYPTION_KEY, settings })
  // What the command records is sealed by the engine that runs, or by the next one.
  holdOriginKey(deriveAuditKeys(await loadOrCreateKey(path.join(folder, 'audit.key'))).origin)
  const pool = createRunnerPool({ max: 1, policy: egressPolicy(settings), log: () => {} })
  const token = randomBytes(24).toString('hex')
  const server = createEngineServer({ token, keys, pool, log })
  const place = mkdtempSync(path.join(tmpdir(), 'jackfield-command-'))
  const socket = path.join(place, 'engine.sock')
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  Object.assign(process.env, { JACKFIELD_ENGINE_SOCKET: socket, JACKFIELD_ENGINE_TOKEN: token })
  resetEnv()
  const { step } = createRewrapper(keys)
  try {
    await work({
      rewrapStep: async () => !['finished', 'idle'].includes(await step()),
      recoveryKit: () => kitOf(keys),
    })
    await flushSeals(keys, log)
  } finally {
    server.close()
    server.closeAllConnections()
    await pool.stop()
    rmSync(place, { recursive: true, force: true })
  }
}

const kitOf = async (keys: KeyHolder): Promise<RecoveryKit & { keyIds: string[] }> => {
  const ring = await keys.ring()
  if (!ring) throw new KeyProblem('damaged', (await keys.status()).problem ?? 'There is no key to split.')
  const secrets = ring.ids.flatMap((id) => ring.find(id)?.secret.export() ?? [])
  const kit = await splitKeys(secrets)
  for (const secret of secrets) secret.fill(0)
  return { ...kit, keyIds: ring.ids }
}
