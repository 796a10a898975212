import * as z from 'zod'
import { newId } from '#lib/core/id'
import { type RefreshSchedule, refreshSchedule } from '#lib/data-sources/configuration'
import { Prisma, type Tx } from '#lib/db/client'
import { transaction } from '#lib/db/transaction'
import type { Ticket } from './protocol.ts'

const scheduledRow = z.object({
  connection_id: z.string(),
  workspace_id: z.string(),
  organization_id: z.string(),
  schedule: refreshSchedule,
  is_due: z.boolean(),
  /** The last test could not log in: another try would be the next wrong one. */
  is_refused: z.boolean(),
})

/** When a schedule comes round next, in milliseconds. */
export type NextTime = (schedule: RefreshSchedule) => number | undefined

/** Queues what is due, and gives what has no time yet one. Held, so that engines share the work instead of doubling it. */
export const queueDue = (nextTime: NextTime): Promise<number> =>
  transaction(async (tx) => {
    const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`
      select n.id as connection_id, n.workspace_id, w.organization_id, s.settings->'schedule' as schedule,
        coalesce(c.next_at <= now(), false) and c.stopped is null as is_due,
        t.success is false and t.cause->>'stage' = 'authenticate' as is_refused
      from source_configurations s join connections n on n.id = s.connection_id and n.deleted_at is null
      join workspaces w on w.id = n.workspace_id
      left join source_caches c on c.connection_id = n.id
      left join connection_tests t on t.id = n.last_test_id
      where s.settings->'schedule'->>'kind' in ('interval', 'cron') and (
        c.next_at is null or c.stopped is null and c.next_at <= now()
        or c.stopped is not null and (t.success and t.created_at > c.next_at or n.updated_at > c.next_at))
      order by c.next_at nulls first limit 50 for update of s skip locked`)
    for (const row of rows) await queueOne(tx, scheduledRow.parse(row), nextTime)
    return rows.length
  })

const queueOne = async (tx: Tx, row: z.output<typeof scheduledRow>, nextTime: NextTime): Promise<void> => {
  const at = nextTime(row.schedule)
  if (at === undefined) return
  const stopped = row.is_due && row.is_refused ? 'The last test of this connection could not log in.' : null
  await tx.$executeRaw(Prisma.sql`
    insert into source_caches (connection_id, workspace_id, next_at) values (${row.connection_id}, ${row.workspace_id}, ${new Date(at)})
    on conflict (connection_id) do update set stopped = ${stopped},
      next_at = case when ${stopped}::text is null then excluded.next_at else now() end,
      failures = case when source_caches.stopped is null then source_caches.failures else 0 end`)
  if (!row.is_due || stopped !== null) return
  await tx.$executeRaw(Prisma.sql`
    insert into source_refreshes (id, workspace_id, connection_id, trigger, ticket, requested_by)
    select ${newId('refresh')}, ${row.workspace_id}, ${row.connection_id}, 'schedule', ${JSON.stringify(ticketOf(row))}::jsonb, 'system'
    where not exists (select from source_refreshes r where r.connection_id = ${row.connection_id}
      and r.schema is null and r.status in ('queued', 'running'))`)
}

/** The schedule acts for nobody: it may read what is saved, and bind no secret. */
const ticketOf = ({ workspace_id, organization_id }: z.output<typeof scheduledRow>): Ticket => ({
  event: 'data_source.refreshed',
  request_id: newId('request'),
  permission: 'data-sources:read',
  actor: {
    kind: 'system',
    id: 'system',
    name: 'Jackfield',
    workspace_id,
    organization_id,
    may_bind: false,
    sees_restricted: true,
  },
})

/** At most three tries an hour of whatever does not work, and then none until somebody acts. */
const backOffMinutes = 20
const failuresMax = 5

/** Counts a failure of the schedule: it waits longer each time, and at a refused login it stops at once (SQL-11). */
export const recordFailure = async (
  tx: Tx,
  { connectionId, isRefused, sentence }: { connectionId: string; isRefused: boolean; sentence: string },
): Promise<void> => {
  await tx.$executeRaw(Prisma.sql`
    update source_caches set failures = failures + 1,
      stopped = case when ${isRefused} or failures + 1 >= ${failuresMax} then ${sentence} end,
      next_at = case when ${isRefused} or failures + 1 >= ${failuresMax} then now()
        else greatest(next_at, now() + make_interval(mins => ${backOffMinutes} * (2 ^ failures)::int)) end
    where connection_id = ${connectionId}`)
}

const pieceMax = 5_000

/** Forgets versions that ended longer ago than their data source remembers; answers whether there is more to forget. */
export const forgetOld = (): Promise<boolean> =>
  transaction(async (tx) => {
    const days = Prisma.sql`make_interval(days => coalesce((s.settings->>'retention_days')::int, 90))`
    const objects = await tx.$executeRaw(Prisma.sql`
      delete from source_objects where id in (
        select o.id from source_objects o left join source_configurations s on s.connection_id = o.connection_id
        where o.until_at < now() - ${days} limit ${pieceMax})`)
    await tx.$executeRaw(Prisma.sql`
      delete from source_refreshes where id in (
        select r.id from source_refreshes r left join source_configurations s on s.connection_id = r.connection_id
        where r.ended_at < now() - ${days} limit ${pieceMax})`)
    return objects === pieceMax
  })
