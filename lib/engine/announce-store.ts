import { record } from '#lib/audit/record'
import { type ObjectType, type SchemaChangeClass, schemaChangeClasses } from '#lib/data-sources/schema'
import { classOf, diffOf } from '#lib/data-sources/schema-diff'
import { Prisma, type Tx } from '#lib/db/client'
import type { RunningRefresh } from './refresh-store.ts'

/** So many things are looked at one by one; of more only the number is said. */
const lookedAtMax = 1_000
/** So many are named in the event, with so many changes each: the page has all of them. */
const namedMax = 50
const changesMax = 10
/** Structures that are in memory at once. */
const pieces = 100

type Place = Pick<RunningRefresh, 'workspaceId' | 'connectionId'>

/**
 * Says in the trail what is different since it was said last, in the transaction that ends the refresh: so once, however
 * often engines are lost on the way, and with what cancelled and failed refreshes have found. The first reading has
 * nothing to be compared with.
 */
export const announceChanges = async (
  tx: Tx,
  { id, workspaceId, connectionId, startedAt }: Pick<RunningRefresh, 'id' | 'startedAt' | keyof Place>,
): Promise<void> => {
  const place = { workspaceId, connectionId }
  const [announced] = await tx.$queryRaw<{ from: Date | null }[]>(Prisma.sql`
    select announced_at as "from" from source_caches where connection_id = ${connectionId} for update`)
  const from = announced?.from
  const to = new Date(startedAt)
  await tx.$executeRaw(Prisma.sql`
    update source_caches set announced_at = ${to} where connection_id = ${connectionId} and refreshed_at is not null`)
  if (!from || from >= to) return
  const rows = await findChanges(tx, place, { from, to })
  if (rows.length === 0) return
  const found = rows.length < lookedAtMax ? countsOf(rows) : await countChanges(tx, place, { from, to })
  const looked = await lookAt(tx, rows)
  // What was not looked at may break somebody.
  const isCertain = found.total <= lookedAtMax
  const gravest = isCertain ? classOf(looked) : 'breaking'
  const named = looked.slice(0, namedMax)
  const details = {
    ...{ refresh: id, from: from.toISOString(), to: startedAt, class: gravest, ...found },
    ...{ objects: named, more: found.total - named.length },
    page: `/workspace/data-sources/${connectionId}/changes?refresh=${id}`,
  }
  await recordChange(tx, place, details)
}

const recordChange = async (tx: Tx, { workspaceId, connectionId }: Place, details: Record<string, unknown>) => {
  const connection = await tx.connection.findFirst({ where: { workspaceId, id: connectionId }, select: { name: true } })
  const actor = { kind: 'system', id: 'system', name: 'Jackfield', workspaceId } as const
  const subject = { type: 'connection', id: connectionId, ...(connection && { name: connection.name }), details }
  await record(tx, { actor, event: 'data_source.schema_changed', outcome: 'success', subject })
}

interface Span {
  from: Date
  to: Date
}

/** What stood at one moment and what at the other, where they are not the same. */
const differing = ({ workspaceId, connectionId }: Place, { from, to }: Span): Prisma.Sql => Prisma.sql`
  with touched as (
    select o.* from source_objects o where o.workspace_id = ${workspaceId} and o.connection_id = ${connectionId}
      and (o.from_at > ${from} and o.from_at <= ${to} or o.until_at > ${from} and o.until_at <= ${to})),
  past as (select * from touched where from_at <= ${from} and (until_at is null or until_at > ${from})),
  present as (select * from touched where from_at <= ${to} and (until_at is null or until_at > ${to})),
  differing as (
    select coalesce(p.type, n.type) as type, coalesce(p.schema, n.schema) as schema, coalesce(p.name, n.name) as name,
      p.id as before_id, n.id as after_id
    from past p full join present n on (n.type, n.schema, n.name) = (p.type, p.schema, p.name)
    where p.hash is distinct from n.hash)`

const countChanges = async (tx: Tx, place: Place, span: Span) => {
  const [row] = await tx.$queryRaw<{ total: number; removed: number; changed: number; added: number }[]>(Prisma.sql`
    ${differing(place, span)}
    select count(*)::int as total, count(*) filter (where after_id is null)::int as removed,
      count(*) filter (where before_id is not null and after_id is not null)::int as changed,
      count(*) filter (where before_id is null)::int as added from differing`)
  return row ?? { total: 0, removed: 0, changed: 0, added: 0 }
}

interface Differing {
  type: ObjectType
  schema: string
  name: string
  beforeId: bigint | null
  afterId: bigint | null
}

interface Looked {
  type: ObjectType
  schema: string
  name: string
  class: SchemaChangeClass
  changes: { class: SchemaChangeClass; what: string; name: string | null }[]
}

const countsOf = (rows: readonly Differing[]) => ({
  total: rows.length,
  removed: rows.filter(({ afterId }) => afterId === null).length,
  changed: rows.filter(({ beforeId, afterId }) => beforeId !== null && afterId !== null).length,
  added: rows.filter(({ beforeId }) => beforeId === null).length,
})

/** What is gone first, then what is changed: what can break stands in front. */
const findChanges = (tx: Tx, place: Place, span: Span): Promise<Differing[]> =>
  tx.$queryRaw(Prisma.sql`
    ${differing(place, span)}
    select type, schema, name, before_id as "beforeId", after_id as "afterId" from differing
    order by after_id is not null, before_id is null, type, schema collate "C", name collate "C" limit ${lookedAtMax}`)

/** Values stay out of the event. */
const lookAt = async (tx: Tx, rows: readonly Differing[]): Promise<Looked[]> => {
  const looked: Looked[] = []
  for (let at = 0; at < rows.length; at += pieces) looked.push(...(await explain(tx, rows.slice(at, at + pieces))))
  return schemaChangeClasses.flatMap((kind) => looked.filter((one) => one.class === kind))
}

const explain = async (tx: Tx, rows: readonly Differing[]): Promise<Looked[]> => {
  // Of what is new or gone that is all there is to say.
  const ids = rows.flatMap(({ beforeId, afterId }) =>
    beforeId === null || afterId === null ? [] : [beforeId, afterId],
  )
  const found = await tx.$queryRaw<{ id: bigint; structure: string }[]>(Prisma.sql`
    select object_id as id, structure from source_structures where object_id = any(${ids}::bigint[])`)
  const structures = new Map(found.map(({ id, structure }) => [id, structure]))
  return rows.map(({ type, schema, name, beforeId, afterId }) => {
    const changes = diffOf(structureOf(structures, beforeId), structureOf(structures, afterId))
    const brief = changes.map((one) => ({ class: one.class, what: one.what, name: one.name }))
    return { type, schema, name, class: classOf(changes), changes: brief.slice(0, changesMax) }
  })
}

const structureOf = (structures: Map<bigint, string>, id: bigint | null): Record<string, unknown> | null => {
  if (id === null) return null
  const parsed: unknown = JSON.parse(structures.get(id) ?? '{}')
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
}
