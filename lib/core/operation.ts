import type * as z from 'zod'
import type { AuditEvent } from '#lib/audit/events'
import { type AuditSubject, record } from '#lib/audit/record'
import type { Actor } from '#lib/auth/actor'
import { mayDo } from '#lib/auth/authorize'
import type { GrantedKind, GrantLevel } from '#lib/auth/grant-levels'
import { authorizeOn, mayDoOn, type NamedObject, seesRestricted } from '#lib/auth/grants'
import type { Permission } from '#lib/auth/permissions'
import { hasRecentSignIn, requireRecentSignIn } from '#lib/auth/step-up'
import { db, type Tx } from '#lib/db/client'
import { transaction } from '#lib/db/transaction'
import type { Ticket } from '#lib/engine/protocol'
import { type Attempt, recordDenial } from './denied.ts'
import { newId } from './id.ts'
import { parseInput } from './parse.ts'
import { secretMask } from './secret.ts'

interface Common<I extends z.ZodType> {
  /** One line for the API reference. */
  summary: string
  permission: Permission
  /** The field that names the one object it is about: there, a grant may stand in for the role. No field: a list of what was granted. */
  object?: { kind: GrantedKind; field?: string; least?: GrantLevel }
  /** Needs a sign-in of the last minutes: for what moves secrets or cannot be taken back (AUTHN-8). */
  recentSignIn?: true
  /** Every operation says what it records, or says `none`; leaving it out does not compile. */
  audit: AuditEvent | 'none'
  input: I
}

interface ReadSpec<I extends z.ZodType, O extends z.ZodType> extends Common<I> {
  effect: 'read'
  /** A whitelist: what is not in it cannot leave. */
  output: O
  run(input: z.output<I>, context: ReadContext & MetaContext): Promise<z.input<O>>
}

interface WriteSpec<I extends z.ZodType, O extends z.ZodType> extends Common<I> {
  effect: 'write'
  audit: AuditEvent
  output: O
  /** Runs before the transaction: what takes long, and what has to stay when it refuses, such as a counted try. */
  before?(input: z.output<I>, context: Pick<ReadContext, 'actor' | 'requestId'>): Promise<void>
  /** Fields of the answer that exist only in it, such as a new key: nothing that keeps answers may keep them. */
  shownOnce?: readonly string[]
  /** Runs inside one transaction, which also takes the audit event. */
  run(input: z.output<I>, context: WriteContext): Promise<z.input<O>>
}

interface StreamSpec<I extends z.ZodType, L extends z.ZodType, O extends z.ZodType> extends Common<I> {
  effect: 'stream'
  /** What each line is. Lines that arrive as bytes were encoded by a runner and are passed on unread. */
  line: L
  output: O
  /** Opens secrets through the engine, which records the ticket's event before it does. */
  run(input: z.output<I>, context: StreamContext): AsyncGenerator<z.input<L> | Uint8Array, z.input<O>>
}

export interface ReadContext {
  actor: Actor
  signal: AbortSignal
  requestId: string
  db: Tx
  /** What the engine writes down before it opens a secret for this call. */
  ticket: Ticket
}

interface MetaContext {
  /** Adds to the answer's `meta`, e.g. `{ changed: [...] }`. */
  meta(meta: Record<string, unknown>): void
}

export interface StreamContext extends ReadContext {
  /** `?validate_only=true`, for streams that change something. */
  validateOnly: boolean
  /** Says which of several things the call is, for the trail; answers the ticket of that one. */
  become(event: AuditEvent, permission: Permission): Ticket
}

export interface WriteContext extends Omit<ReadContext, 'db'>, MetaContext {
  tx: Tx
  /** Says what the audit event is about. */
  subject(subject: AuditSubject): void
  /** `?validate_only=true`: everything runs, nothing stays. */
  validateOnly: boolean
}

export interface CallOptions {
  signal?: AbortSignal
  requestId?: string
  validateOnly?: boolean
  /** Runs before a write, once it is allowed and its input parsed. */
  beforeRun?: () => Promise<void>
  /** Receives the answer's `meta`. */
  onMeta?: (meta: Record<string, unknown>) => void
  /** Runs in a write's transaction once its answer is known, with the fields that are shown once masked. */
  beforeCommit?: (tx: Tx, answer: unknown, meta: Record<string, unknown>) => Promise<void>
}

/** The operation itself: authorize → parse → run → whitelist, with the audit event in the run's transaction. */
export type Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = {
  (actor: Actor, input: z.input<I>, options?: CallOptions): Promise<z.output<O>>
  readonly spec: ReadSpec<I, O> | WriteSpec<I, O>
}

export type StreamOperation<
  I extends z.ZodType = z.ZodType,
  L extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> = {
  (actor: Actor, input: z.input<I>, options?: CallOptions): AsyncGenerator<z.output<L> | Uint8Array, z.output<O>>
  readonly spec: StreamSpec<I, L, O>
}

/** A thing the product can do. Pages, REST and jobs all call it, so none of them can skip a check. */
export const operation = <I extends z.ZodType, O extends z.ZodType>(
  spec: ReadSpec<I, O> | WriteSpec<I, O>,
): Operation<I, O> => {
  const call = async (actor: Actor, input: z.input<I>, options: CallOptions = {}): Promise<z.output<O>> => {
    const context = contextOf(spec, actor, options)
    const attempt: Attempt = { spec, actor, input, requestId: context.requestId }
    try {
      await allow(spec, actor, input)
      const parsed = parseInput(spec.input, input)
      if (spec.effect === 'read') {
        const meta = (given: Record<string, unknown>) => options.onMeta?.(given)
        return spec.output.parse(await spec.run(parsed, { ...context, db: db(), meta }))
      }
      await options.beforeRun?.()
      await spec.before?.(parsed, context)
      return await write(spec, parsed, { context, options, attempt })
    } catch (error) {
      throw await recordDenial(db(), attempt, error)
    }
  }
  return Object.assign(call, { spec })
}

/** The same for answers that arrive piece by piece: yields lines, returns the whole. */
export const streamOperation = <I extends z.ZodType, L extends z.ZodType, O extends z.ZodType>(
  spec: Omit<StreamSpec<I, L, O>, 'effect'>,
): StreamOperation<I, L, O> => {
  const full: StreamSpec<I, L, O> = { ...spec, effect: 'stream' }
  async function* call(
    actor: Actor,
    input: z.input<I>,
    options: CallOptions = {},
  ): AsyncGenerator<z.output<L> | Uint8Array, z.output<O>> {
    const context = contextOf(full, actor, options)
    const attempt: Attempt = { spec: full, actor, input, requestId: context.requestId }
    const become: StreamContext['become'] = (audit, permission) => {
      attempt.spec = { ...full, audit, permission }
      return { ...context.ticket, event: audit, permission }
    }
    let lines: AsyncGenerator<z.input<L> | Uint8Array, z.input<O>> | undefined
    try {
      await allow(full, actor, input)
      const validateOnly = options.validateOnly ?? false
      lines = full.run(parseInput(full.input, input), { ...context, db: db(), validateOnly, become })
      for (;;) {
        const next = await lines.next()
        if (next.done) return full.output.parse(next.value)
        yield next.value instanceof Uint8Array ? next.value : full.line.parse(next.value)
      }
    } catch (error) {
      throw await recordDenial(db(), attempt, error)
    } finally {
      await lines?.return?.(undefined as never)
    }
  }
  return Object.assign(call, { spec: full })
}

type AnySpec = Common<z.ZodType> & { effect: 'read' | 'write' | 'stream' }

interface Writing {
  context: Omit<ReadContext, 'db'>
  options: CallOptions
  attempt: Attempt
}

const write = async <I extends z.ZodType, O extends z.ZodType>(
  spec: WriteSpec<I, O>,
  parsed: z.output<I>,
  { context, options, attempt }: Writing,
): Promise<z.output<O>> => {
  const validateOnly = options.validateOnly ?? false
  let meta: Record<string, unknown> = {}
  const work = async (tx: Tx) => {
    const result = await spec.run(parsed, {
      ...context,
      tx,
      validateOnly,
      subject: (given) => {
        attempt.subject = given
      },
      meta: (given) => {
        meta = { ...meta, ...given }
      },
    })
    const answer = spec.output.parse(result)
    await record(tx, {
      actor: context.actor,
      event: spec.audit,
      outcome: 'success',
      requestId: context.requestId,
      ...(attempt.subject && { subject: attempt.subject }),
    })
    if (validateOnly) throw new DryRun(answer)
    await options.beforeCommit?.(tx, masked(answer, spec.shownOnce), meta)
    return answer
  }
  const answer = await transaction(work).catch((error: unknown) => {
    if (error instanceof DryRun) return error.answer as z.output<O>
    throw error
  })
  options.onMeta?.(meta)
  return answer
}

const masked = (answer: unknown, names: readonly string[] = []): unknown =>
  typeof answer === 'object' && answer !== null && names.length > 0
    ? { ...answer, ...Object.fromEntries(names.map((name) => [name, secretMask])) }
    : answer

/** Leaves the transaction without keeping anything of it. */
class DryRun extends Error {
  readonly answer: unknown
  constructor(answer: unknown) {
    super('dry run')
    this.answer = answer
  }
}

const contextOf = (spec: AnySpec, actor: Actor, options: CallOptions): Omit<ReadContext, 'db'> => {
  const requestId = options.requestId ?? newId('request')
  return {
    actor,
    signal: options.signal ?? AbortSignal.timeout(30_000),
    requestId,
    ticket: {
      event: spec.audit,
      request_id: requestId,
      permission: spec.permission,
      actor: {
        kind: actor.kind,
        id: actor.id,
        name: actor.name,
        workspace_id: actor.workspaceId,
        organization_id: actor.organizationId,
        ...(actor.sessionId !== undefined && { session_id: actor.sessionId }),
        may_bind: mayDo(actor, 'credentials:write'),
        sees_restricted: seesRestricted(actor),
        may_bind_organization: mayDo(actor, 'credentials:administer'),
        ...(actor.pipeline !== undefined && { pipeline: actor.pipeline }),
        ...(actor.ip !== undefined && { ip: actor.ip }),
        ...(actor.userAgent !== undefined && { user_agent: actor.userAgent }),
      },
    },
  }
}

const allow = async (spec: AnySpec, actor: Actor, input: unknown): Promise<void> => {
  await authorizeOn(db(), actor, spec.permission, namedIn(input, spec.object))
  if (spec.recentSignIn) requireRecentSignIn(actor)
}

/** Whether this actor may make this call now, for those who decide something before they make it. */
export const mayCall = async (
  spec: Pick<AnySpec, 'permission' | 'object' | 'recentSignIn'>,
  actor: Actor,
  input: unknown,
): Promise<boolean> =>
  (await mayDoOn(db(), actor, spec.permission, namedIn(input, spec.object))) &&
  (!spec.recentSignIn || hasRecentSignIn(actor))

// Read before the input is parsed: what is not even text names nothing.
const namedIn = (input: unknown, object: AnySpec['object']): NamedObject | undefined => {
  if (object?.field === undefined || typeof input !== 'object' || input === null) return object
  const ref = Object.entries(input).find(([name]) => name === object.field)?.[1]
  return typeof ref === 'string' ? { ...object, ref } : undefined
}
