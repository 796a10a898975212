import type { Cursor } from '#lib/core/page'
import { Prisma, type Tx } from '#lib/db/client'

/** After so long without a use, what is declared is idle, and what was used is forgotten. */
const recent = Prisma.sql`now() - interval '30 days'`

/** The day of that moment, as uses have it: with the connection, what the index is by. */
const since = Prisma.sql`((${recent}) at time zone 'utc')::date`

export interface StoredUsage {
  /** Key and pointer: what the list is sorted by. */
  id: string
  pipelineId: string | null
  key: string
  name: string | null
  active: boolean
  pointer: string
  node: string | null
  declared: boolean
  lastUsedAt: Date | null
  idle: boolean
}

/** Where pipelines name a connection, and which ones used it lately without doing so. */
export const listUsages = (
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  { after, limit }: { after?: Cursor | undefined; limit: number },
): Promise<StoredUsage[]> => tx.$queryRaw<StoredUsage[]>`
  with declared as (
    select p.id, p.key, p.name, p.active, r.pointer, r.node, r.declared_at
    from pipeline_references r join pipelines p on p.id = r.pipeline_id
    where r.connection_id = ${connectionId} and p.workspace_id = ${workspaceId}),
  named as (
    select u.pipeline_key as key, max(u.last_used_at) as last_used_at from connection_uses u
    where u.connection_id = ${connectionId} and u.pipeline_key <> '' group by u.pipeline_key),
  unnamed as (
    select exists (select from connection_uses u where u.connection_id = ${connectionId}
      and u.day >= ${since} and u.actor_kind = 'api_key' and u.pipeline_key = '' and u.last_used_at > ${recent}) as seen),
  everything as (
    select d.id as "pipelineId", d.key, d.name, d.active, d.pointer, d.node, true as declared, n.last_used_at as "lastUsedAt",
           d.active and d.declared_at <= ${recent} and coalesce(n.last_used_at, '-infinity') <= ${recent}
             and not (select seen from unnamed) as idle
    from declared d left join named n on n.key = d.key
    union all
    select p.id, n.key, p.name, coalesce(p.active, true), '', null, false, n.last_used_at, false
    from named n left join pipelines p on p.workspace_id = ${workspaceId} and p.key = n.key
    where n.last_used_at > ${recent} and not exists (select from declared d where d.key = n.key))
  select e.key || ' ' || e.pointer as id, e.* from everything e
  ${after === undefined ? Prisma.empty : Prisma.sql`where e.key || ' ' || e.pointer > ${after.id}`}
  order by id limit ${limit + 1}`

export const countActive = async (tx: Tx, workspaceId: string, connectionId: string): Promise<number> =>
  tx.pipeline.count({ where: { workspaceId, active: true, references: { some: { connectionId } } } })

export interface StoredUser {
  kind: 'user' | 'api_key' | 'system'
  id: string
  name: string | null
  pipeline: string | null
  purpose: string
  count: number
  lastUsedAt: Date
}

/** Who used a connection in the last thirty days, and for which pipeline they said it was. */
export const listUsers = (tx: Tx, connectionId: string): Promise<StoredUser[]> => tx.$queryRaw<StoredUser[]>`
  select u.actor_kind as kind, u.actor_id as id, coalesce(k.name, p.name) as name, nullif(u.pipeline_key, '') as pipeline,
         (array_agg(u.purpose order by u.last_used_at desc))[1] as purpose,
         sum(u.count)::int as count, max(u.last_used_at) as "lastUsedAt"
  from connection_uses u
  left join api_keys k on u.actor_kind = 'api_key' and k.id = u.actor_id
  left join users p on u.actor_kind = 'user' and p.id = u.actor_id
  where u.connection_id = ${connectionId} and u.day >= ${since} and u.last_used_at > ${recent}
  group by u.actor_kind, u.actor_id, k.name, p.name, u.pipeline_key
  order by count desc, "lastUsedAt" desc limit 20`

export const findLastUse = async (tx: Tx, connectionId: string): Promise<StoredUser | undefined> => {
  const rows = await tx.$queryRaw<StoredUser[]>`
    select u.actor_kind as kind, u.actor_id as id, coalesce(k.name, p.name) as name, nullif(u.pipeline_key, '') as pipeline,
           u.purpose, u.count, u.last_used_at as "lastUsedAt"
    from connection_uses u
    left join api_keys k on u.actor_kind = 'api_key' and k.id = u.actor_id
    left join users p on u.actor_kind = 'user' and p.id = u.actor_id
    where u.connection_id = ${connectionId} order by u.day desc, u.last_used_at desc limit 1`
  return rows[0]
}

export const listDays = (tx: Tx, connectionId: string): Promise<{ day: string; count: number }[]> =>
  tx.$queryRaw<{ day: string; count: number }[]>`
    select u.day::text as day, sum(u.count)::int as count from connection_uses u
    where u.connection_id = ${connectionId} and u.day > ${since} group by u.day order by u.day desc`
