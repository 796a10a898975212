import * as z from 'zod'
import { type DiscoveredRelation, type DiscoveredSchema, discoveredRelation } from '#lib/connectors/contract'
import { Prisma, type Tx } from '#lib/db/client'
import { type ObjectName, type ObjectType, pathOf } from './schema.ts'

/**
 * What is known of data sources, as it is now and as it was: see `SourceObject`. Reading it opens no secret and asks no
 * server; whoever calls has made sure that the connection is one the actor may use.
 */

export interface CacheState {
  refreshedAt: Date
}

/** Undefined where nothing is known, or where the connection leads somewhere else by now. */
export const findCache = async (tx: Tx, workspaceId: string, connectionId: string): Promise<CacheState | undefined> => {
  const rows = await tx.$queryRaw<CacheState[]>(Prisma.sql`
    select c.refreshed_at as "refreshedAt" from source_caches c join connections n on n.id = c.connection_id
    where c.connection_id = ${connectionId} and c.workspace_id = ${workspaceId} and c.refreshed_at is not null
      and split_part(c.basis, ':', 2) = n.settings_revision::text`)
  return rows[0]
}

/** Whether one was wanted in the last minutes: looking at a data source again and again is no reason to read it so often. */
export const wasWantedLately = async (tx: Tx, workspaceId: string, connectionId: string): Promise<boolean> => {
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`
    select 1 from source_refreshes where connection_id = ${connectionId} and workspace_id = ${workspaceId}
      and created_at > now() - interval '10 minutes' limit 1`)
  return rows.length > 0
}

export const listCachedSchemas = (tx: Tx, workspaceId: string, connectionId: string) =>
  tx.sourceSchema.findMany({ where: { workspaceId, connectionId }, orderBy: { name: 'asc' } })
export type CachedSchema = Awaited<ReturnType<typeof listCachedSchemas>>[number]

export const schemaLine = ({ name, comment, owner, relations, usable, problem }: CachedSchema): DiscoveredSchema => ({
  type: 'schema',
  name,
  comment,
  owner,
  relations,
  usable,
  ...(problem !== null && { problem }),
})

export interface RelationFilter {
  connectionId: string
  schema?: string | undefined
  name?: string | undefined
  /** Part of a name or comment, in any case. */
  q?: string | undefined
  after?: readonly [schema: string, name: string] | undefined
  limit: number
  /** Without columns, keys and indexes the structures are not read at all. */
  detail: 'names' | 'columns' | 'full'
}

/** Current relations by schema and name. */
export const listCachedRelations = async (
  tx: Tx,
  workspaceId: string,
  filter: RelationFilter,
): Promise<DiscoveredRelation[]> => {
  const isBrief = filter.detail === 'names'
  const structure = isBrief
    ? Prisma.sql`null as structure, ${partitionOf} as partition_of from source_objects o`
    : Prisma.sql`s.structure, null as partition_of from source_objects o join source_structures s on s.object_id = o.id`
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`
    select o.schema, o.name, o.kind, o.comment, o.row_estimate::float8 as row_estimate, o.size_bytes::float8 as size_bytes, ${structure}
    where ${whereOf(workspaceId, filter)} order by o.schema, o.name limit ${filter.limit}`)
  return rows.map((row) => relationOf(cachedRow.parse(row), filter.detail))
}

// The only thing of a structure that a tree needs, and only few have it.
const partitionOf = Prisma.sql`case when o.kind in ('partition', 'partitioned_table') then
  (select s.structure::jsonb -> 'partition_of' from source_structures s where s.object_id = o.id) end`

const whereOf = (workspaceId: string, { connectionId, schema, name, q, after }: RelationFilter): Prisma.Sql => {
  const where = [
    Prisma.sql`o.workspace_id = ${workspaceId} and o.connection_id = ${connectionId} and o.type = 'relation' and o.until_at is null`,
  ]
  if (schema !== undefined) where.push(Prisma.sql`o.schema = ${schema}`)
  if (name !== undefined) where.push(Prisma.sql`o.name = ${name}`)
  if (q) where.push(Prisma.sql`position(${q.toLowerCase()} in o.search) > 0`)
  if (after) where.push(Prisma.sql`(o.schema, o.name) > (${after[0]}, ${after[1]})`)
  return Prisma.join(where, ' and ')
}

const cachedRow = z.object({
  schema: z.string(),
  name: z.string(),
  kind: discoveredRelation.shape.kind,
  comment: z.string().nullable(),
  row_estimate: z.number().nullable(),
  size_bytes: z.number().nullable(),
  structure: z.string().nullable(),
  partition_of: discoveredRelation.shape.partition_of,
})

const relationOf = (row: z.output<typeof cachedRow>, detail: RelationFilter['detail']): DiscoveredRelation => {
  const { structure, partition_of, ...brief } = row
  const { size_bytes: _, ...head } = brief
  if (structure === null) return { type: 'relation', ...head, ...(partition_of && { partition_of }) }
  const whole = readStructure(structure, brief)
  if (detail === 'full') return whole
  const columns = (whole.columns ?? []).map(({ name, type, nullable, primary_key }) => ({
    name,
    type,
    nullable,
    ...(primary_key !== undefined && { primary_key }),
  }))
  return { type: 'relation', ...head, ...(whole.partition_of && { partition_of: whole.partition_of }), columns }
}

/** A kept structure as the relation it was read from; sizes of indexes are not kept. */
export const readStructure = (
  structure: string,
  { row_estimate, size_bytes }: Pick<DiscoveredRelation, 'row_estimate' | 'size_bytes'>,
): DiscoveredRelation => {
  const { indexes, ...rest } = keptStructure.parse(JSON.parse(structure))
  return discoveredRelation.parse({
    ...rest,
    row_estimate,
    size_bytes,
    ...(indexes && { indexes: indexes.map((index) => ({ ...index, size_bytes: null })) }),
  })
}

const keptStructure = z.looseObject({
  indexes: z.array(z.looseObject({})).optional(),
  // Was a text once; the next refresh writes it anew.
  partition_of: discoveredRelation.shape.partition_of.catch(null),
})

/** One current relation with everything about it, and who points at it. */
export const findCachedRelation = async (
  tx: Tx,
  workspaceId: string,
  { connectionId, schema, name }: { connectionId: string; schema: string; name: string },
): Promise<DiscoveredRelation | undefined> => {
  const filter = { connectionId, schema, name, limit: 1, detail: 'full' } as const
  const [relation] = await listCachedRelations(tx, workspaceId, filter)
  if (!relation) return undefined
  // What is kept leaves out what is not there; an answer about one relation says it.
  const { view_definition = null } = relation
  return { ...relation, view_definition, ...(await listReferences(tx, workspaceId, filter)) }
}

/** So many tables that refer to one are told by name, of others how many they are. */
const referringMax = 200

const listReferences = async (
  tx: Tx,
  workspaceId: string,
  { connectionId, schema, name }: { connectionId: string; schema: string; name: string },
): Promise<Pick<DiscoveredRelation, 'referenced_by' | 'referenced_by_more'>> => {
  const isReferring = Prisma.sql`o.workspace_id = ${workspaceId} and o.connection_id = ${connectionId} and o.until_at is null
    and o.refers_to <> '{}' and o.refers_to @> array[${referencePath(schema, name)}]`
  const rows = await tx.$queryRaw<{ schema: string; name: string; structure: string }[]>(Prisma.sql`
    select o.schema, o.name, s.structure from (
      select o.id, o.schema, o.name from source_objects o where ${isReferring} order by o.schema, o.name limit ${referringMax}) o
    join source_structures s on s.object_id = o.id order by o.schema, o.name`)
  const referenced_by = rows.flatMap((row) =>
    (keptKeys.parse(JSON.parse(row.structure)).foreign_keys ?? [])
      .filter(({ references }) => references.schema === schema && references.name === name)
      .map((key) => ({
        name: key.name,
        columns: key.references.columns,
        from: { schema: row.schema, name: row.name, columns: key.columns },
      })),
  )
  if (rows.length < referringMax) return { referenced_by }
  const [all] = await tx.$queryRaw<{ count: number }[]>(Prisma.sql`
    select count(*)::int as count from source_objects o where ${isReferring}`)
  return { referenced_by, referenced_by_more: (all?.count ?? rows.length) - rows.length }
}

const keptKeys = discoveredRelation.pick({ foreign_keys: true })

/** As the engine writes it into `refers_to`: without spaces, which separate them there. */
export const referencePath = (schema: string, name: string): string => encodeURIComponent(pathOf(schema, name))

/** Where a list of objects goes on. */
export type ObjectPlace = readonly [type: string, schema: string, name: string]

export interface ObjectPage {
  connectionId: string
  after?: ObjectPlace | undefined
  limit: number
}

// By bytes, so that two lists can be laid side by side whatever the database's collation is.
const afterPlace = (place: ObjectPlace | undefined) =>
  place
    ? Prisma.sql`(o.type, o.schema collate "C", o.name collate "C") > (${place[0]}, ${place[1]}, ${place[2]})`
    : Prisma.sql`true`

/** A thing whose version at one moment is another than at the other; null where there was none. */
export interface ObjectChange {
  type: ObjectType
  schema: string
  name: string
  beforeId: bigint | null
  afterId: bigint | null
}

/** What is different between two moments, without what came and went in between. */
export const listChanges = (
  tx: Tx,
  workspaceId: string,
  { connectionId, from, to, only, after, limit }: ObjectPage & { from: Date; to: Date; only?: ObjectName | undefined },
): Promise<ObjectChange[]> =>
  tx.$queryRaw(Prisma.sql`
    with touched as (
      select o.* from source_objects o where o.workspace_id = ${workspaceId} and o.connection_id = ${connectionId}
        and ${only ? isObject(only) : Prisma.sql`true`}
        and (o.from_at > ${from} and o.from_at <= ${to} or o.until_at > ${from} and o.until_at <= ${to})),
    past as (select * from touched where from_at <= ${from} and (until_at is null or until_at > ${from})),
    present as (select * from touched where from_at <= ${to} and (until_at is null or until_at > ${to}))
    select o.* from (
      select coalesce(p.type, n.type) as type, coalesce(p.schema, n.schema) as schema, coalesce(p.name, n.name) as name,
        p.id as "beforeId", n.id as "afterId"
      from past p full join present n on (n.type, n.schema, n.name) = (p.type, p.schema, p.name)
      where p.hash is distinct from n.hash) o
    where ${afterPlace(after)} order by o.type, o.schema collate "C", o.name collate "C" limit ${limit}`)

export const isObject = ({ type, schema, name }: ObjectName): Prisma.Sql =>
  Prisma.sql`o.type = ${type} and o.schema = ${schema} and o.name = ${name}`

/** What two data sources hold now and not alike: `beforeId` is of the first, `afterId` of the second. */
export const listDifferences = (
  tx: Tx,
  workspaceId: string,
  { connectionIds: [here, there], after, limit }: DifferencePage,
): Promise<ObjectChange[]> => {
  const current = (connectionId: string) => Prisma.sql`
    select o.id, o.type, o.schema, o.name, o.hash from source_objects o
    where o.workspace_id = ${workspaceId} and o.connection_id = ${connectionId} and o.until_at is null and ${afterPlace(after)}`
  return tx.$queryRaw(Prisma.sql`
    select coalesce(p.type, n.type) as type, coalesce(p.schema, n.schema) as schema, coalesce(p.name, n.name) as name,
      p.id as "beforeId", n.id as "afterId"
    from (${current(here)}) p full join (${current(there)}) n on (n.type, n.schema, n.name) = (p.type, p.schema, p.name)
    where p.hash is distinct from n.hash
    order by 1, coalesce(p.schema, n.schema) collate "C", coalesce(p.name, n.name) collate "C" limit ${limit}`)
}

interface DifferencePage extends Omit<ObjectPage, 'connectionId'> {
  connectionIds: readonly [here: string, there: string]
}

/** The structures of versions, by their ids. */
export const readStructures = async (
  tx: Tx,
  workspaceId: string,
  { connectionId, ids }: { connectionId: string; ids: readonly bigint[] },
): Promise<Map<bigint, string>> => {
  const rows = await tx.$queryRaw<{ id: bigint; structure: string }[]>(Prisma.sql`
    select o.id, s.structure from source_objects o join source_structures s on s.object_id = o.id
    where o.workspace_id = ${workspaceId} and o.connection_id = ${connectionId} and o.id = any(${[...ids]}::bigint[])`)
  return new Map(rows.map(({ id, structure }) => [id, structure]))
}
