import type { AuditEvent } from '#lib/audit/events'
import { type AuditSubject, record } from '#lib/audit/record'
import type { Actor } from '#lib/auth/actor'
import type { Permission } from '#lib/auth/permissions'
import type { Tx } from '#lib/db/client'
import { AppError, isRefusal } from './errors.ts'
import { isId } from './id.ts'

/** A call as far as the trail needs it, before anything of it is known to be right. */
export interface Attempt {
  spec: { audit: AuditEvent | 'none'; permission: Permission; object?: { kind: string; field?: string } }
  actor: Actor
  requestId: string
  input: unknown
  /** What the operation said it is about, if it came so far. */
  subject?: AuditSubject | undefined
}

/**
 * Leaves in the trail that something was refused, by the event it would have been, and answers the error to throw. Not in
 * a transaction of the operation: that was rolled back, and this has to stay.
 */
export const recordDenial = async (tx: Tx, attempt: Attempt, error: unknown): Promise<unknown> => {
  const { spec, actor, requestId } = attempt
  if (spec.audit === 'none' || !(error instanceof AppError) || !isRefusal(error) || error.isRecorded) return error
  const subject = attempt.subject ?? namedIn(attempt)
  const details = { ...subject.details, ...error.details, permission: spec.permission, code: error.code }
  const entry = { actor, event: spec.audit, outcome: 'denied', requestId, subject: { ...subject, details } } as const
  return record(tx, entry).then(
    () => error,
    (failure: unknown) => failure,
  )
}

/** The object a call names in its path or body. Anything that does not look like an id or a slug names nothing. */
const namedIn = ({ spec, input }: Attempt): AuditSubject => {
  const fields = new Map(typeof input === 'object' && input !== null ? Object.entries(input) : [])
  const ref = fields.get(spec.object?.field ?? 'id') ?? fields.get('ref')
  const credentialId = fields.get('credential_id')
  return {
    type: spec.object?.kind ?? spec.audit.split('.')[0] ?? '',
    ...(typeof ref === 'string' && refShape.test(ref) && (/_[0-9a-z]{26}$/.test(ref) ? { id: ref } : { name: ref })),
    ...(typeof credentialId === 'string' &&
      isId('credential', credentialId) && { details: { credential_id: credentialId } }),
  }
}

const refShape = /^[a-z0-9][a-z0-9_-]{0,79}$/
