import type { DiscoveredSchema } from '#lib/connectors/contract'
import type { ObjectType } from '#lib/data-sources/schema'
import type { TextRow } from '#lib/db/reader'
import { openWriter, type Writer } from '#lib/db/writer'
import { LostRefresh, type RunningRefresh } from './refresh-store.ts'
import { factsOf, type ReadObject } from './refreshes/lines.ts'

/** A connection of its own for as long as a refresh reads; opened when something is to be written, which is seldom. */
export const withWriter = async <T>(work: (writer: Writer) => Promise<T>): Promise<T> => {
  let opened: Promise<Writer> | undefined
  const open = () => {
    opened ??= openWriter()
    return opened
  }
  try {
    return await work({
      run: async (text, values) => (await open()).run(text, values),
      transaction: async (inside) => (await open()).transaction(inside),
      close: async () => (await opened)?.close(),
    })
  } finally {
    await opened?.then(
      (writer) => writer.close(),
      () => undefined,
    )
  }
}

/** What stands in the cache of one thing, without its structure. */
export interface KnownObject {
  schema: string
  name: string
  id: string
  hash: string
  rowEstimate: string | null
  sizeBytes: string | null
  stamp: string | undefined
}

/** Where everything of one kind stands together: the relations of a schema, or all of another type. */
export interface Segment {
  type: ObjectType
  /** Undefined: of all schemas. */
  schema: string | undefined
  name?: string | undefined
}

const knownColumns = 'o.schema, o.name, o.id, o.hash, o.row_estimate, o.size_bytes, o.stamp from source_objects o'

/** Names and hashes of a type in what the refresh is about, a page of them by schema and name; never a structure. */
export const readKnown = async (
  writer: Writer,
  { connectionId, schema, name }: RunningRefresh,
  { type, after, limit }: { type: ObjectType; after: KnownObject | undefined; limit: number },
): Promise<KnownObject[]> => {
  const values: unknown[] = [connectionId, type, limit]
  const given = (value: string) => `$${values.push(value)}`
  const where = ['o.connection_id = $1 and o.type = $2 and o.until_at is null']
  if (schema !== undefined) where.push(`o.schema = ${given(schema)}`)
  if (type === 'relation' && name !== undefined) where.push(`o.name = ${given(name)}`)
  if (after) where.push(`(o.schema, o.name) > (${given(after.schema)}, ${given(after.name)})`)
  const sql = `select ${knownColumns} where ${where.join(' and ')} order by o.schema, o.name limit $3`
  return (await writer.run(sql, values)).map(knownObject)
}

/** The same of these relations alone. */
export const readKnownOf = async (
  writer: Writer,
  { connectionId }: RunningRefresh,
  relations: readonly { schema: string; name: string }[],
): Promise<KnownObject[]> => {
  const rows = await writer.run(
    `select ${knownColumns} join unnest($2::text[], $3::text[]) w(schema, name) on w.schema = o.schema and w.name = o.name
    where o.connection_id = $1 and o.type = 'relation' and o.until_at is null`,
    [connectionId, relations.map(({ schema }) => schema), relations.map(({ name }) => name)],
  )
  return rows.map(knownObject)
}

const knownObject = ([schema, name, id, hash, rowEstimate = null, sizeBytes = null, stamp]: TextRow): KnownObject => ({
  schema: schema ?? '',
  name: name ?? '',
  id: id ?? '',
  hash: hash ?? '',
  rowEstimate,
  sizeBytes,
  stamp: stamp ?? undefined,
})

export const keyOf = (schema: string, name: string): string => `${schema}\0${name}`

/** What a piece of a segment differs in from what is known. */
export interface Difference {
  /** New, or changed: then with the version that it takes the place of. */
  versions: { object: ReadObject; replaces: string | undefined }[]
  /** The same, but with other counts, or another stamp. */
  statistics: Pick<KnownObject, 'id' | 'rowEstimate' | 'sizeBytes' | 'stamp'>[]
}

/**
 * Writes a piece: closes the versions that are over, opens the new ones, and counts. In one transaction that holds the
 * refresh, so that an engine that lost it to another one in the meantime writes nothing.
 */
export const writeDifference = (writer: Writer, refresh: RunningRefresh, difference: Difference): Promise<void> =>
  writer.transaction(async () => {
    const { versions, statistics } = difference
    const closed = versions.flatMap(({ replaces }) => replaces ?? [])
    await count(writer, refresh, { added: versions.length - closed.length, changed: closed.length })
    if (closed.length > 0) await closeVersions(writer, refresh, closed)
    if (versions.length > 0) {
      const objects = versions.map(({ object }) => object)
      await openVersions(writer, refresh, objects)
    }
    if (statistics.length > 0) await writeStatistics(writer, statistics)
  })

const count = async (
  writer: Writer,
  { id, leaseBy }: RunningRefresh,
  { added = 0, changed = 0, removed = 0 },
): Promise<void> => {
  const rows = await writer.run(
    `update source_refreshes set added = added + $3, changed = changed + $4, removed = removed + $5, heartbeat_at = now()
    where id = $1 and lease_by = $2 and status = 'running' returning 1`,
    [id, leaseBy, added, changed, removed],
  )
  if (rows.length === 0) throw new LostRefresh()
}

const closeVersions = (writer: Writer, { id, startedAt }: RunningRefresh, ids: readonly string[]) =>
  writer.run(
    `update source_objects set until_refresh = $1, until_at = $2::timestamptz
    where id = any($3::bigint[]) and until_at is null`,
    [id, startedAt, [...ids]],
  )

/** A character that JSON never holds unescaped: structures go to the server as one text, as they are. */
const separator = Buffer.from('\x1e')

const openVersions = (writer: Writer, refresh: RunningRefresh, objects: readonly ReadObject[]) => {
  const facts = objects.map(factsOf)
  const structures = Buffer.concat(objects.flatMap(({ structure }) => [structure, separator]).slice(0, -1))
  return writer.run(
    `with given as materialized (
      select nextval('source_objects_id_seq') as id, g.* from unnest($5::text[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[],
        $16::text[], string_to_array($17::text, e'\\x1e')) as g(type, schema, name, kind, comment, search, search_columns, hash,
        refers_to, row_estimate, size_bytes, stamp, structure)),
    opened as (
      insert into source_objects (id, workspace_id, connection_id, type, schema, name, kind, comment, search,
        search_columns, hash, refers_to, row_estimate, size_bytes, stamp, from_refresh, from_at)
      select id, $1, $2, type, schema, name, kind, comment, search, search_columns, hash,
        case when refers_to = '' then '{}' else string_to_array(refers_to, ' ') end, row_estimate, size_bytes, stamp, $3, $4::timestamptz
      from given)
    insert into source_structures (object_id, structure) select id, structure from given`,
    [
      refresh.workspaceId,
      refresh.connectionId,
      refresh.id,
      refresh.startedAt,
      objects.map(({ type }) => type),
      objects.map(({ schema }) => schema),
      objects.map(({ name }) => name),
      facts.map(({ kind }) => kind),
      facts.map(({ comment }) => comment),
      facts.map(({ search }) => search),
      facts.map(({ searchColumns }) => searchColumns),
      objects.map(({ hash }) => hash),
      facts.map(({ refersTo }) => refersTo.join(' ')),
      objects.map(({ rowEstimate }) => rowEstimate),
      objects.map(({ sizeBytes }) => sizeBytes),
      objects.map(({ stamp }) => stamp),
      structures,
    ],
  )
}

const writeStatistics = (writer: Writer, statistics: Difference['statistics']) =>
  writer.run(
    `update source_objects o set row_estimate = s.rows, size_bytes = s.bytes, stamp = coalesce(s.stamp, o.stamp)
    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) s(id, rows, bytes, stamp) where o.id = s.id and o.until_at is null`,
    [
      statistics.map(({ id }) => id),
      statistics.map(({ rowEstimate }) => rowEstimate),
      statistics.map(({ sizeBytes }) => sizeBytes),
      statistics.map(({ stamp }) => stamp),
    ],
  )

export interface EndedSegment {
  segment: Segment
  /** Ids of what nothing was seen of. */
  gone: readonly string[]
  kept: number
}

/** What was read to its end: whatever of it was not seen is gone. One statement, because a source has many schemas. */
export const endSegments = async (
  writer: Writer,
  { id, leaseBy, connectionId, startedAt }: RunningRefresh,
  ended: readonly EndedSegment[],
): Promise<void> => {
  const relations = ended.filter(({ segment }) => segment.type === 'relation')
  const whole = relations.flatMap(({ segment: { schema, name }, kept }) =>
    schema === undefined || name !== undefined ? [] : [{ schema, kept }],
  )
  const rows = await writer.run(
    `with mine as (
      update source_refreshes set removed = removed + cardinality($4::bigint[]), heartbeat_at = now(),
        schemas_done = schemas_done + cardinality($5::text[]), relations = relations + $7::int
      where id = $1 and lease_by = $2 and status = 'running' returning id),
    closed as (
      update source_objects o set until_refresh = $1, until_at = $8::timestamptz from mine
      where o.id = any($4::bigint[]) and o.until_at is null),
    touched as (
      update source_schemas s set refreshed_at = now(), refresh_id = $1, problem = null, relations = g.relations
      from mine, unnest($5::text[], $6::int[]) g(schema, relations) where s.connection_id = $3 and s.name = g.schema)
    select id from mine`,
    [
      id,
      leaseBy,
      connectionId,
      ended.flatMap(({ gone }) => gone),
      whole.map(({ schema }) => schema),
      whole.map(({ kept }) => kept),
      relations.reduce((sum, { kept }) => sum + kept, 0),
      startedAt,
    ],
  )
  if (rows.length === 0) throw new LostRefresh()
}

/** Puts the schemas into the cache before what is in them. */
export const writeSchemas = (
  writer: Writer,
  { workspaceId, connectionId }: RunningRefresh,
  schemas: readonly DiscoveredSchema[],
) =>
  writer.run(
    `insert into source_schemas (connection_id, workspace_id, name, comment, owner, usable)
    select $1, $2, g.* from unnest($3::text[], $4::text[], $5::text[], $6::boolean[]) g(name, comment, owner, usable)
    on conflict (connection_id, name) do update set comment = excluded.comment, owner = excluded.owner, usable = excluded.usable
    where (source_schemas.comment, source_schemas.owner, source_schemas.usable)
      is distinct from (excluded.comment, excluded.owner, excluded.usable)`,
    [
      connectionId,
      workspaceId,
      schemas.map(({ name }) => name),
      schemas.map(({ comment }) => comment),
      schemas.map(({ owner }) => owner),
      schemas.map(({ usable }) => usable),
    ],
  )

/** Says why a schema could not be read; what is known of it stays. */
export const markSchema = (writer: Writer, { id, connectionId }: RunningRefresh, schema: string, problem: string) =>
  writer.run(`update source_schemas set problem = $4, refresh_id = $1 where connection_id = $2 and name = $3`, [
    id,
    connectionId,
    schema,
    problem,
  ])

/** After all was read: schemas that are no more, with everything that was in them. */
export const removeOtherSchemas = (
  writer: Writer,
  refresh: RunningRefresh,
  schemas: readonly string[],
): Promise<void> =>
  writer.transaction(async () => {
    const { connectionId } = refresh
    const rows = await writer.run(
      `select id from source_objects where connection_id = $1 and type = 'relation' and until_at is null
        and not (schema = any($2::text[]))`,
      [connectionId, [...schemas]],
    )
    const gone = rows.flatMap(([id]) => id ?? [])
    await count(writer, refresh, { removed: gone.length })
    if (gone.length > 0) await closeVersions(writer, refresh, gone)
    await writer.run('delete from source_schemas where connection_id = $1 and not (name = any($2::text[]))', [
      connectionId,
      [...schemas],
    ])
  })
