import { newId } from '#lib/core/id'
import { Prisma, type Tx } from '#lib/db/client'
import type { AuditEntry } from './record.ts'

export const insertEvent = async (tx: Tx, { actor, event, outcome, subject, requestId }: AuditEntry): Promise<void> => {
  await tx.auditEvent.create({
    data: {
      id: newId('event'),
      workspaceId: subject?.workspaceId ?? (actor.workspaceId || null),
      event,
      outcome,
      actorKind: actor.kind,
      actorId: actor.id,
      actorName: actor.name,
      ip: actor.ip ?? null,
      userAgent: actor.userAgent?.slice(0, 256) ?? null,
      targetType: subject?.type ?? null,
      targetId: subject?.id ?? null,
      targetName: subject?.name ?? null,
      requestId: requestId ?? null,
      details: subject?.details === undefined ? Prisma.DbNull : (subject.details as Prisma.InputJsonValue),
    },
  })
}
