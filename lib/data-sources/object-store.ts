import * as z from 'zod'
import { Prisma, type Tx } from '#lib/db/client'
import type { NamedType } from './object-names.ts'
import { type NamedObject, namedObject, type WholeObject, wholeObject } from './objects.ts'
import type { RelationName } from './schema.ts'

interface ObjectsOf {
  connectionId: string
  type: NamedType
  schema?: string | undefined
  /** As names are unique, then the schema. */
  after?: readonly [name: string, schema: string] | undefined
  limit: number
}

/** Current routines, enums or extensions by name, without what routines do: that may be long. */
export const listNamedObjects = async (
  tx: Tx,
  workspaceId: string,
  { connectionId, type, schema, after, limit }: ObjectsOf,
): Promise<NamedObject[]> => {
  const where = [current(workspaceId, connectionId), Prisma.sql`o.type = ${type}`]
  if (schema !== undefined) where.push(Prisma.sql`o.schema = ${schema}`)
  if (after) where.push(Prisma.sql`(o.name, o.schema) > (${after[0]}, ${after[1]})`)
  const rows = await tx.$queryRaw<{ head: string }[]>(Prisma.sql`
    select ${objectHead} as head from source_objects o join source_structures s on s.object_id = o.id
    where ${Prisma.join(where, ' and ')} order by o.name, o.schema limit ${limit}`)
  return rows.map(({ head }) => readObjectHead(head))
}

/** One of them with everything that is kept. */
export const findNamedObject = async (
  tx: Tx,
  workspaceId: string,
  { connectionId, type, schema, name }: RelationName & { connectionId: string; type: NamedType },
): Promise<WholeObject | undefined> => {
  const rows = await tx.$queryRaw<{ structure: string }[]>(Prisma.sql`
    select s.structure from source_objects o join source_structures s on s.object_id = o.id
    where ${current(workspaceId, connectionId)} and o.type = ${type} and o.schema = ${schema} and o.name = ${name}`)
  return rows[0] && wholeObject.parse(JSON.parse(rows[0].structure))
}

const current = (workspaceId: string, connectionId: string) =>
  Prisma.sql`o.workspace_id = ${workspaceId} and o.connection_id = ${connectionId} and o.until_at is null`

/**
 * The structure `s` up to the body of a routine, which stands last in it. Inside a JSON string no quote follows a comma without a
 * backslash, so these letters can only be the member.
 */
export const objectHead = Prisma.sql`split_part(s.structure, ',"definition":', 1)`

export const readObjectHead = (head: string): NamedObject =>
  namedObject.parse(JSON.parse(isRoutine.test(head) ? `${head}}` : head))

const isRoutine = /^\{"type":"routine"/

const counts = z.object({ routines: z.int(), enums: z.int(), extensions: z.int() })

/** How many there are in each schema, read from an index of their own: what it costs does not depend on how many tables there are. */
export const countNamedObjects = async (tx: Tx, workspaceId: string, connectionId: string) => {
  const rows = await tx.$queryRaw<({ schema: string } & Record<string, number>)[]>(Prisma.sql`
    select o.schema, count(*) filter (where o.type = 'routine')::int as routines,
      count(*) filter (where o.type = 'enum')::int as enums, count(*) filter (where o.type = 'extension')::int as extensions
    from connections n join source_objects o on o.connection_id = n.id
    where n.workspace_id = ${workspaceId} and n.id = ${connectionId} and o.until_at is null
      and o.type <> 'relation' group by o.schema`)
  return new Map(rows.map(({ schema, ...found }) => [schema, counts.parse(found)]))
}
