import path from 'node:path'
import { checkpointFile } from '#lib/audit/checkpoints'
import { deriveAuditKeys } from '#lib/audit/keys'
import { holdOriginKey } from '#lib/audit/origin'
import type { AuditVerification } from '#lib/audit/schema'
import { Sealer, type SealerOptions } from '#lib/audit/sealer'
import { chainNames, verifyChain, warnings } from '#lib/audit/verify'
import type { Log } from '#lib/core/log'
import { loadOrCreateKey } from '#lib/vault/keyring'

/** The audit trail's keeper: the only one who can continue its chains and tell whether they are whole. */
export interface AuditKeeper {
  start(): void
  stop(): Promise<void>
  verify(chains: string[]): Promise<AuditVerification>
}

export interface KeeperOptions extends Pick<SealerOptions, 'checkpointEvents' | 'checkpointMs'> {
  home: string
  /** The 32 bytes of `audit.key`. */
  key: Uint8Array
  log: Log
}

export const keepAudit = ({ home, key, ...options }: KeeperOptions): AuditKeeper => {
  const keys = deriveAuditKeys(key)
  holdOriginKey(keys.origin)
  const file = checkpointFile(home)
  const sealer = new Sealer({ keys, file, ...options })
  // Two at once would only make each other slow.
  let running: Promise<unknown> = Promise.resolve()
  const verify = async (chains: string[]): Promise<AuditVerification> => {
    const started = Date.now()
    await sealer.flush()
    const reports = []
    for (const chain of chains) reports.push(await verifyChain(chain, { keys, file, heads: sealer.heads }))
    const ok = reports.every(({ problems }) => problems.length === 0)
    return { ok, chains: reports, warnings: await warnings(), duration_ms: Date.now() - started }
  }
  return {
    start() {
      sealer.start()
      void warnings().then(
        (sentences) => {
          for (const sentence of sentences) options.log.warn(sentence)
        },
        () => undefined,
      )
    },
    stop: () => sealer.stop(),
    verify(chains) {
      const mine = running.then(() => verify(chains))
      running = mine.catch(() => undefined)
      return mine
    },
  }
}

/** For the command line, beside a running product or without it: every chain there is, and nothing is sealed by it. */
export const auditReport = async (home: string): Promise<AuditVerification> => {
  const started = Date.now()
  const keys = deriveAuditKeys(await loadOrCreateKey(path.join(home, 'keys/audit.key')))
  const file = checkpointFile(home)
  const chains = new Set([...(await chainNames()), ...file.read().map(({ chain }) => chain)])
  const reports = []
  for (const chain of [...chains].sort()) reports.push(await verifyChain(chain, { keys, file, heads: new Map() }))
  const ok = reports.every(({ problems }) => problems.length === 0)
  return { ok, chains: reports, warnings: await warnings(), duration_ms: Date.now() - started }
}
