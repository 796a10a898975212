import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#lib/core/log'
import type { Tx } from '#lib/db/client'
import { fingerprint } from '#lib/vault/fingerprint'
import type { Keyring } from '#lib/vault/keyring'
import { Refusal } from '#lib/vault/refusal'
import { keyIdOf, open, rewrap } from '#lib/vault/seal'
import { contextOf } from './key-doctor.ts'
import type { KeyHolder } from './keys.ts'
import { contextOfSink, lockSinksSealedOtherwise, replaceSinkEnvelope, type SealedSink } from './sealed-sinks-store.ts'
import {
  addToRewrap,
  endRewrap,
  findRewrapStart,
  findRunningRewrap,
  inTransaction,
  lockSealedOtherwise,
  needsOtherKeys,
  readFingerprintReach,
  replaceEnvelope,
  type SealedVersion,
  takeRewrapLock,
  type VersionPlace,
  writeEvent,
} from './store.ts'

const batchSize = 50
/** Between two batches, so that people do not feel it. */
const breath_ms = 15
const poll_ms = 1_000

const start: VersionPlace = { credential_id: '', version: 0 }

/** Where one run over all secrets is, and what it left behind because it does not open. */
interface Pass {
  jobId: string
  after: VersionPlace
  moved: number
  stuck: string[]
}

export type Step = 'idle' | 'busy' | 'moved' | 'finished'

/**
 * Moves secrets to the primary key, a batch to a transaction: killed at any moment, a batch has happened whole or not
 * at all, and whichever instance comes next goes on (ENC-10). Nothing in memory is needed for that.
 */
export const createRewrapper = (keys: KeyHolder) => {
  let pass = newPass('')
  const step = (): Promise<Step> =>
    inTransaction(async (tx) => {
      const job = await findRunningRewrap(tx)
      if (!job) return 'idle'
      if (!(await takeRewrapLock(tx))) return 'busy'
      const ring = await keys.ring(job.toKeyId)
      if (ring?.primary.id !== job.toKeyId) {
        return await stop(tx, job.id, 'Another key was promoted meanwhile, or the key is not here. Start again.')
      }
      if (pass.jobId !== job.id) pass = newPass(job.id)
      const rows = await lockSealedOtherwise(tx, job.toKeyId, pass.after, batchSize)
      if (rows.length === 0) return await nextPass(tx, job, ring)
      await moveAll(tx, rows, ring, job.id)
      return 'moved'
    })

  const moveAll = async (tx: Tx, rows: SealedVersion[], ring: Keyring, jobId: string) => {
    const stuck: string[] = []
    let moved = 0
    for (const row of rows) {
      if (await move(tx, row, ring)) moved++
      else stuck.push(row.credential_id)
    }
    await addToRewrap(tx, jobId, moved)
    pass = { jobId, after: rows.at(-1) ?? start, moved: pass.moved + moved, stuck: [...pass.stuck, ...stuck] }
  }

  // Ends only after a whole run found nothing more to move: what was stored or held by others meanwhile is found too.
  const nextPass = async (tx: Tx, job: { id: string; toKeyId: string }, ring: Keyring): Promise<Step> => {
    const { moved, stuck, after } = pass
    pass = newPass(job.id)
    if (moved > 0 || (after === start && (await needsOtherKeys(tx, job.toKeyId)))) return 'busy'
    const sinks = await moveSinks(tx, job, ring)
    if (sinks.moved > 0) return 'busy'
    await finish(tx, job, [...stuck, ...sinks.stuck])
    return 'finished'
  }
  return { step }
}

const newPass = (jobId: string): Pass => ({ jobId, after: start, moved: 0, stuck: [] })

const move = async (tx: Tx, row: SealedVersion, ring: Keyring): Promise<boolean> => {
  try {
    // A row that names another key than its envelope was changed; moving it would make it look right again.
    if (keyIdOf(row.envelope) !== row.key_id) return false
    const context = contextOf(row)
    const envelope = rewrap(row.envelope, context, ring.find, ring.primary)
    const fields = open(envelope, context, ring.find)
    const reach = await readFingerprintReach(context.workspaceId, tx)
    const next = { envelope, keyId: ring.primary.id, fingerprint: fingerprint(fields, context, ring.primary, reach) }
    return await replaceEnvelope(tx, row, next)
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

/** Destinations of the audit trail have secrets, too; few enough for one batch. */
const moveSinks = async (tx: Tx, job: { id: string; toKeyId: string }, ring: Keyring) => {
  const stuck: string[] = []
  let moved = 0
  for (const sink of await lockSinksSealedOtherwise(tx, job.toKeyId)) {
    if (await moveSink(tx, sink, ring)) moved++
    else stuck.push(sink.id)
  }
  if (moved > 0) await addToRewrap(tx, job.id, moved)
  return { moved, stuck }
}

const moveSink = async (tx: Tx, sink: SealedSink, ring: Keyring): Promise<boolean> => {
  try {
    if (keyIdOf(sink.envelope) !== sink.keyId) return false
    const context = contextOfSink(sink)
    const envelope = rewrap(sink.envelope, context, ring.find, ring.primary)
    open(envelope, context, ring.find)
    return await replaceSinkEnvelope(tx, sink, envelope, ring.primary.id)
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

const stop = async (tx: Tx, id: string, error: string): Promise<Step> => {
  await endRewrap(tx, id, { state: 'stopped', error })
  return 'finished'
}

const finish = async (tx: Tx, { id, toKeyId }: { id: string; toKeyId: string }, stuck: string[]): Promise<void> => {
  const error = stuck.length === 0 ? null : `${stuck.length} secrets do not open and stayed; the doctor lists them.`
  if (!(await endRewrap(tx, id, { state: 'finished', error }))) return
  const began = await findRewrapStart(tx, id)
  await writeEvent(tx, {
    event: 'key.rewrapped',
    outcome: stuck.length === 0 ? 'success' : 'failure',
    actor: {
      kind: 'system',
      id: 'system',
      name: began?.actorName ?? 'engine',
      workspaceId: began?.workspaceId ?? '',
    },
    subject: { type: 'rewrap', id, details: { key_id: toKeyId, stuck: stuck.length } },
  })
}

/** Goes on with any move there is, until told to stop. */
export const runRewraps = (keys: KeyHolder, log: Log): { stop(): Promise<void> } => {
  const stopped = new AbortController()
  const { step } = createRewrapper(keys)
  const loop = async () => {
    while (!stopped.signal.aborted) {
      const done = await step().catch((error: unknown): Step => {
        log.warn({ err: error }, 'secrets could not be moved to the primary key right now')
        return 'idle'
      })
      if (done === 'finished') log.info('every secret is sealed with the primary key')
      const wait = done === 'moved' || done === 'busy' ? breath_ms : poll_ms
      await sleep(wait, undefined, { signal: stopped.signal }).catch(() => {})
    }
  }
  const running = loop()
  return {
    stop: () => {
      stopped.abort()
      return running
    },
  }
}
