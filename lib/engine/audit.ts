import path from 'node:path'
import { checkpointFile } from '#lib/audit/checkpoints'
import { deriveAuditKeys } from '#lib/audit/keys'
import { holdOriginKey } from '#lib/audit/origin'
import type { AuditVerification, ChainReport, VerifyLine } from '#lib/audit/schema'
import { Sealer, type SealerOptions } from '#lib/audit/sealer'
import { chainNames, type Evidence, verifyChain, warnings } from '#lib/audit/verify'
import { AppError } from '#lib/core/errors'
import type { Log } from '#lib/core/log'
import { loadOrCreateKey } from '#lib/vault/keyring'

/** The audit trail's keeper: the only one who can continue its chains and tell whether they are whole. */
export interface AuditKeeper {
  start(): void
  stop(): Promise<void>
  /** Says how far it is; leaving the loop ends it. */
  verify(chains: string[]): AsyncGenerator<VerifyLine, void>
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
  let running = 0
  async function* verify(chains: string[]): AsyncGenerator<VerifyLine, void> {
    // More at once would only make each other slow.
    if (running >= verificationsMax) throw new AppError('rate_limited', isBusy, { retryAfter_s: 30 })
    running += 1
    try {
      await sealer.flush()
      yield* reportOf(chains, { keys, file, heads: sealer.heads })
    } finally {
      running -= 1
    }
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
    verify,
  }
}

const verificationsMax = 2
const isBusy = 'The trail is being verified already. Try again when that is done.'

/** For the command line, beside a running product or without it: every chain there is, and nothing is sealed by it. */
export const auditReport = async (home: string): Promise<AuditVerification> => {
  const keys = deriveAuditKeys(await loadOrCreateKey(path.join(home, 'keys/audit.key')))
  const file = checkpointFile(home)
  const chains = new Set([...(await chainNames()), ...file.read().map(({ chain }) => chain)])
  for await (const line of reportOf([...chains].sort(), { keys, file, heads: new Map() })) {
    if ('end' in line) return line.end
  }
  throw new Error('The verification ended without a result.')
}

async function* reportOf(chains: string[], evidence: Evidence): AsyncGenerator<VerifyLine, void> {
  const started = Date.now()
  const reports: ChainReport[] = []
  for (const chain of chains) reports.push(yield* verifyChain(chain, evidence))
  const ok = reports.every(({ problems }) => problems.length === 0)
  yield { end: { ok, chains: reports, warnings: await warnings(), duration_ms: Date.now() - started } }
}
