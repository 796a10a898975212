import type { AuditEntry, AuditSubject } from '#lib/audit/record'
import { firstContactOf } from '#lib/connectors/catalog'
import type { Capability } from '#lib/connectors/contract'
import { AppError, isRefusal } from '#lib/core/errors'
import type { Log } from '#lib/core/log'
import { describeDestination, exchangesOf } from '#lib/credentials/destination'
import type { Tx } from '#lib/db/client'
import type { StartFrame } from '#lib/runner/protocol'
import { type Access, requireAccess } from './access-store.ts'
import { requireDestination, requireExchange, requireHints } from './bindings.ts'
import type { KeyHolder } from './keys.ts'
import { limitsFor } from './limits.ts'
import { findLocalFile } from './local-file.ts'
import type { RunRequest, RunTarget, Ticket } from './protocol.ts'
import { bindFirst } from './resealing.ts'
import { openSecret, pickFields, requireUnlocked, secretOf } from './sealing.ts'
import { statementDetails } from './statement.ts'
import {
  inAuditedTransaction,
  lockDestination,
  type StoredCredential,
  type VersionOverride,
  writeEvent,
  writeRefusal,
} from './store.ts'
import { Tampered, tamperedError } from './tampered.ts'
import { readTarget, type Target } from './target.ts'
import { recordUse } from './use-store.ts'
import { requireWrites } from './writes-store.ts'

export interface DispatchContext {
  keys: KeyHolder
  log: Log
}

/** A run that was allowed and recorded, with its secret opened: what a runner needs and nothing more. */
export interface PreparedRun {
  start: StartFrame
  target: Target
  /** Secret values in it, to be kept out of logs and answers. */
  secrets: string[]
}

/** What a stored secret is wanted for. */
export interface Use {
  ticket: Ticket
  target: RunTarget
  capability: Capability | 'resolve'
  /** The folder or file that is wanted. */
  path?: string | undefined
  /** The statement that is run, and the row of the history that has it. */
  query?: { sql: string; id?: string | undefined } | undefined
  /** The step of change data capture, and the slot it is about. */
  capture?: { slot: string; step: string; direction: string } | undefined
}

export const useOf = ({ ticket, target, job }: RunRequest): Use => ({
  ticket,
  target,
  capability: job.capability,
  ...(job.capability === 'files' && { path: job.request.path }),
  ...(job.capability === 'replicate' && job.request.what === 'step' && { capture: captureOf(job.request) }),
  ...(job.capability === 'query' && { query: { sql: job.request.sql, id: job.query_id } }),
})

const captureOf = ({ plan, step, direction }: { plan: { slot: string }; step: string; direction: string }) => ({
  slot: plan.slot,
  step,
  direction,
})

/** A use that was allowed and recorded, with its secret opened. */
interface PreparedUse {
  target: Target
  credential: { merged: Record<string, unknown>; secrets: string[] } | undefined
}

interface UseOptions {
  staged?: VersionOverride | undefined
  /** What else has to hold, looked at in the same transaction. */
  check?(tx: Tx, target: Target): Promise<void>
}

/**
 * Decides whether this use may happen, in one transaction: read the target, check the secret's destination, write the
 * audit event. Only after it is committed is the secret opened (AUDIT-1); if it fails, nothing is.
 */
export const prepareUse = async (
  use: Use,
  context: DispatchContext,
  { staged, check }: UseOptions = {},
): Promise<PreparedUse> => {
  let target: Target | undefined
  try {
    await inAuditedTransaction(async (tx) => {
      target = secretless(await readTarget(tx, use.target, use.ticket.actor, staged))
      const from = target.credential?.stored?.from
      if (from?.destination === null) await lockDestination(tx, from.credential_id)
      await requireAccess(tx, accessOf(use, target))
      await check?.(tx, target)
      await allowUse(tx, target, use, context)
    })
    if (!target) throw new AppError('internal', 'The use was not prepared.')
    return { target, credential: await openCredential(target, context) }
  } catch (error) {
    throw await refuse(error, use, { target, log: context.log })
  }
}

/** The same for a job of a runner. */
export const prepareRun = async (
  request: RunRequest,
  context: DispatchContext,
  staged?: VersionOverride,
): Promise<PreparedRun> => {
  const check = async (tx: Tx, { manifest, connection }: Target) => {
    const { job, ticket } = request
    if (!manifest.capabilities.includes(job.capability)) {
      throw new AppError('invalid_request', `${manifest.name} connections cannot ${job.capability}.`)
    }
    if (job.capability === 'query' && job.request.mode === 'write') await requireWrites(tx, ticket, connection?.id)
  }
  const { target, credential } = await prepareUse(useOf(request), context, { staged, check })
  const file = await fileOf(target)
  return {
    target,
    secrets: credential?.secrets ?? [],
    start: {
      connector: target.manifest.id,
      config: target.config,
      credential: credential?.merged ?? null,
      job: request.job,
      limits: limitsFor(request.job),
      ...(file && { file }),
    },
  }
}

const fileOf = async ({ manifest, config }: Target): Promise<StartFrame['file']> =>
  manifest.localFile && {
    engine: manifest.localFile.engine,
    found: await findLocalFile(manifest.localFile.path(config)),
  }

/** Where an SSH server has not proven itself yet, the run looks at its key and gets no secret at all. */
const secretless = (target: Target): Target =>
  firstContactOf(target.destination) !== undefined ? { ...target, credential: undefined } : target

/** What has to stay as it is for this run to begin, and to go on. */
export const accessOf = (
  { ticket, target }: Pick<Use, 'ticket' | 'target'>,
  { connection, credential }: Target,
): Access => ({
  ticket,
  // A draft stands on the connection being edited.
  connectionId: connection?.id ?? target.connection_id,
  credentialId: credential?.stored?.from.credential_id,
})

/** Writes down that a running job was ended because it might not go on. */
export const recordStop = (error: AppError, request: RunRequest, target: Target, log: Log): Promise<unknown> =>
  refuse(error, useOf(request), { target, log })

const allowUse = async (tx: Tx, target: Target, use: Use, { keys }: DispatchContext): Promise<void> => {
  const { manifest, credential, destination } = target
  const { ticket } = use
  if (credential && !manifest.credentials.includes(credential.kind)) {
    throw new AppError('invalid_request', `${manifest.name} connections do not take this kind of credential.`)
  }
  if (credential?.stored) {
    const { from } = credential.stored
    if (ticket.event === 'none') throw new AppError('forbidden', 'This operation may not open a stored secret.')
    if (from.envelope) await requireUnlocked(secretOf(from), keys)
    requireExchange(from, credential.meta)
    if (from.destination) requireDestination(from.destination, destination, from.credential_name)
    else requireHints(from, destination, mayBind(from, ticket))
  }
  if (ticket.event === 'none') return
  await writeEvent(tx, { ...whoAndWhat(use, target), event: ticket.event, outcome: 'success' })
  if (target.connection) await recordUse(tx, ticket, { connectionId: target.connection.id, purpose: use.capability })
  await bindIfFirst(tx, target, keys)
}

/** Seals a credential without a destination to this one; whoever comes second finds it sealed to the other's. */
const bindIfFirst = async (tx: Tx, { credential, destination }: Target, keys: KeyHolder): Promise<void> => {
  const from = credential?.stored?.from
  if (!from || from.destination) return
  requireDestination(await bindFirst(tx, from, destination, keys), destination, from.credential_name)
}

const mayBind = ({ scope }: StoredCredential, { actor }: Ticket): boolean =>
  scope === actor.workspace_id ? actor.may_bind : actor.may_bind_organization === true

const openCredential = async (
  { credential }: Target,
  { keys }: DispatchContext,
): Promise<{ merged: Record<string, unknown>; secrets: string[] } | undefined> => {
  if (!credential) return undefined
  const { kind, meta, typed, stored } = credential
  const opened = stored?.from.envelope ? await openSecret(secretOf(stored.from), keys) : {}
  const kept = stored && stored.fields !== 'all' ? pickFields(opened, stored.fields) : opened
  const secret = { ...kept, ...typed }
  return { merged: { kind, ...meta, ...secret }, secrets: Object.values(secret) }
}

interface RefusalContext {
  target: Target | undefined
  log: Log
}

/** Leaves a trace of what was refused and answers the error for the caller; a tampered secret is an alarm. */
const refuse = async (error: unknown, use: Use, { target, log }: RefusalContext): Promise<unknown> => {
  const { event } = use.ticket
  const known = whoAndWhat(use, target)
  if (error instanceof Tampered) {
    log.error({ target: known.subject, reason: error.reason }, 'ALARM: a stored secret is not what was sealed')
    await trace(
      { ...withDetails(known, { reason: error.reason }), event: 'credential.refused', outcome: 'failure' },
      log,
    )
    return tamperedError(error)
  }
  if (error instanceof AppError && event !== 'none' && isRefusal(error)) {
    await trace({ ...withDetails(known, { code: error.code, ...error.details }), event, outcome: 'denied' }, log)
  }
  return error
}

// It is refused either way; a trail that cannot be written now must not turn the refusal into something else.
const trace = (entry: AuditEntry, log: Log): Promise<void> =>
  writeRefusal(entry).catch((error: unknown) => log.error({ err: error }, 'a refusal could not be recorded'))

type KnownEntry = Pick<AuditEntry, 'actor' | 'requestId'> & { subject: AuditSubject }

const whoAndWhat = ({ ticket, capability, path, query, capture }: Use, target: Target | undefined): KnownEntry => {
  const { kind, id, name, workspace_id: workspaceId, ip, user_agent: userAgent } = ticket.actor
  return {
    actor: { kind, id, name, workspaceId, ...(ip && { ip }), ...(userAgent && { userAgent }) },
    requestId: ticket.request_id,
    subject: {
      type: 'connection',
      ...(target?.connection && { id: target.connection.id, name: target.connection.name }),
      details: {
        capability,
        ...(path !== undefined && { path }),
        ...capture,
        ...(query && { query_id: query.id, ...statementDetails(query.sql) }),
        ...(target && { connector: target.manifest.id, destination: describeDestination(target.destination) }),
        ...credentialDetails(target),
      },
    },
  }
}

const credentialDetails = (target: Target | undefined): Record<string, unknown> => {
  const stored = target?.credential?.stored?.from
  if (!stored) return {}
  const exchanged = exchangesOf(stored.meta)
  return {
    credential_id: stored.credential_id,
    credential_version: stored.version,
    ...(exchanged.length > 0 && { exchanged_at: exchanged }),
  }
}

const withDetails = (entry: KnownEntry, details: Record<string, unknown>): KnownEntry => ({
  ...entry,
  subject: { ...entry.subject, details: { ...entry.subject.details, ...details } },
})
