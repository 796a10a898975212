import { Prisma, type Tx } from '#lib/db/client'

/**
 * Keeps what these names mean as it is until the transaction ends: `share` for whoever registers references to them,
 * `change` for whoever gives one to a connection or takes it away. Taken before any row is locked, so that nobody who
 * holds a connection waits for a name.
 */
export const holdNames = async (
  tx: Tx,
  workspaceId: string,
  names: readonly string[],
  mode: 'share' | 'change',
): Promise<void> => {
  const lock = Prisma.raw(mode === 'share' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock')
  const sorted = [...new Set(names)].sort().map((name) => `connection name ${workspaceId} ${name}`)
  if (sorted.length === 0) return
  await tx.$executeRaw`select ${lock}(hashtextextended(held.name, 0)) from unnest(${sorted}::text[]) as held(name)`
}

/**
 * What a name means: the connection with that id, the live one with that slug, the one that had the slug before it was
 * renamed, or the one that was deleted last with it; null where there never was one.
 */
const meaningOf = (workspaceId: string, name: Prisma.Sql): Prisma.Sql => Prisma.sql`coalesce(
  (select c.id from connections c where c.workspace_id = ${workspaceId} and c.id = ${name}),
  (select c.id from connections c where c.workspace_id = ${workspaceId} and c.conn_id = ${name} and c.deleted_at is null),
  (select a.connection_id from connection_aliases a where a.workspace_id = ${workspaceId} and a.conn_id = ${name}),
  (select c.id from connections c where c.workspace_id = ${workspaceId} and c.conn_id = ${name} and c.deleted_at is not null
   order by c.deleted_at desc, c.id desc limit 1))`

/** Keeps the connections that these names mean from being changed or deleted until the transaction ends. */
export const holdNamed = async (tx: Tx, workspaceId: string, names: readonly string[]): Promise<void> => {
  await tx.$executeRaw`
    select c.id from connections c where c.id in (
      select ${meaningOf(workspaceId, Prisma.sql`n.name`)} from unnest(${[...names]}::text[]) as n(name))
    order by c.id for share`
}

/** Lets every reference to these names lead where the name leads now. */
export const bindReferences = async (tx: Tx, workspaceId: string, names: readonly string[]): Promise<number> =>
  tx.$executeRaw`
    update pipeline_references r set connection_id = meant.id
    from (select n.name, ${meaningOf(workspaceId, Prisma.sql`n.name`)} as id from unnest(${[...names]}::text[]) as n(name)) meant,
         pipelines p
    where p.id = r.pipeline_id and p.workspace_id = ${workspaceId} and r.conn_id = meant.name
      and r.connection_id is distinct from meant.id`

/** Gives a slug to a connection that was written with it: nobody else's former name any more, and references lead here. */
export const takeName = async (tx: Tx, workspaceId: string, connId: string): Promise<void> => {
  await holdNames(tx, workspaceId, [connId], 'change')
  await tx.connectionAlias.deleteMany({ where: { workspaceId, connId } })
  await bindReferences(tx, workspaceId, [connId])
}

/** Every name by which references may lead to a connection. */
export const namesOf = async (tx: Tx, workspaceId: string, { id, connId }: { id: string; connId: string }) => {
  const aliases = await tx.connectionAlias.findMany({ where: { workspaceId, connectionId: id } })
  return [id, connId, ...aliases.map((alias) => alias.connId)]
}

/** After a rename whose names are held: the former slug goes on leading here until somebody else takes it. */
export const keepAlias = async (
  tx: Tx,
  workspaceId: string,
  { connectionId, from, to }: { connectionId: string; from: string; to: string },
): Promise<void> => {
  await tx.connectionAlias.deleteMany({ where: { workspaceId, connId: { in: [from, to] } } })
  await tx.connectionAlias.create({ data: { workspaceId, connId: from, connectionId } })
  await bindReferences(tx, workspaceId, [from, to])
}
