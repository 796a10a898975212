import { newId } from '#lib/core/id'
import { Prisma, type Tx } from '#lib/db/client'
import type { Ticket } from './protocol.ts'

/**
 * Counts a use of a saved connection, in the transaction of its audit event: both stay or neither. A row stands for who,
 * how and day; where another transaction is writing it in this moment, another row is made instead of waiting, so that
 * many resolves at once never queue for one counter.
 */
export const recordUse = async (
  tx: Tx,
  { actor: { kind, id, pipeline = '' } }: Pick<Ticket, 'actor'>,
  { connectionId, purpose }: { connectionId: string; purpose: string },
): Promise<void> => {
  const today = Prisma.sql`(now() at time zone 'utc')::date`
  await tx.$executeRaw(Prisma.sql`
    with free as (
      select u.id from connection_uses u
      where u.connection_id = ${connectionId} and u.day = ${today} and u.actor_id = ${id}
        and u.purpose = ${purpose} and u.pipeline_key = ${pipeline}
      limit 1 for update skip locked),
    counted as (
      update connection_uses u set count = u.count + 1, last_used_at = now() from free where u.id = free.id returning u.id)
    insert into connection_uses (id, connection_id, day, actor_kind, actor_id, purpose, pipeline_key, last_used_at)
    select ${newId('use')}, ${connectionId}, ${today}, ${kind}, ${id}, ${purpose}, ${pipeline}, now()
    where not exists (select from counted)`)
}
