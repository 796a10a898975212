import { isCalled } from '#lib/auth/grants'
import { bindReferences, holdNamed, holdNames, openFor, type Viewer } from '#lib/connections/references'
import { newId } from '#lib/core/id'
import { escapeLike } from '#lib/core/like'
import type { Cursor } from '#lib/core/page'
import { Prisma, type Tx } from '#lib/db/client'
import type { FoundReference } from './references.ts'

export interface StoredPipeline {
  id: string
  key: string
  name: string
  active: boolean
  definition: unknown
  revision: number
  createdBy: string | null
  updatedBy: string | null
  lastSeenAt: Date
  createdAt: Date
  updatedAt: Date
}

/** A reference with its connection, as far as whoever looks may see it. */
export interface StoredReference {
  pipelineId: string
  pointer: string
  writtenId: string
  node: string | null
  id: string | null
  connId: string | null
  name: string | null
  type: string | null
  environment: string | null
  deletedAt: Date | null
}

export const findStored = (tx: Tx, workspaceId: string, key: string): Promise<StoredPipeline | null> =>
  tx.pipeline.findUnique({ where: { workspaceId_key: { workspaceId, key } } })

/** Finds one and keeps everybody else from changing it until the transaction ends. */
export const lockStored = async (tx: Tx, workspaceId: string, key: string): Promise<StoredPipeline | null> => {
  await tx.$executeRaw`select id from pipelines where workspace_id = ${workspaceId} and key = ${key} for update`
  return findStored(tx, workspaceId, key)
}

/** A row for a key that has none yet; of two at the same moment the second waits and finds the first's. */
export const ensureStored = async (
  tx: Tx,
  workspaceId: string,
  { key, actorId }: { key: string; actorId: string },
): Promise<{ stored: StoredPipeline; isNew: boolean }> => {
  const made = await tx.$executeRaw`
    insert into pipelines (id, workspace_id, key, name, active, definition, revision, created_by, updated_at)
    values (${newId('pipeline')}, ${workspaceId}, ${key}, ${key}, false, '{}'::jsonb, 0, ${actorId}, now())
    on conflict (workspace_id, key) do nothing`
  const stored = await lockStored(tx, workspaceId, key)
  // Deleted between the two statements: then there is room for it.
  if (!stored) return ensureStored(tx, workspaceId, { key, actorId })
  return { stored, isNew: made === 1 }
}

export const updateStored = async (
  tx: Tx,
  workspaceId: string,
  id: string,
  data: Omit<Prisma.PipelineUncheckedUpdateManyInput, 'id' | 'workspaceId' | 'key'>,
): Promise<void> => {
  await tx.pipeline.updateMany({ where: { workspaceId, id }, data })
}

/** Registered again without a change: that it is still there is all there is to write, and no change of it. */
export const touchStored = async (tx: Tx, workspaceId: string, id: string): Promise<void> => {
  await tx.$executeRaw`update pipelines set last_seen_at = now() where workspace_id = ${workspaceId} and id = ${id}`
}

export const deleteStored = async (tx: Tx, workspaceId: string, id: string): Promise<void> => {
  await tx.pipeline.deleteMany({ where: { workspaceId, id } })
}

/**
 * Puts these references in the place of a pipeline's former ones. What their names mean, and the connections themselves,
 * are held until the transaction ends: whoever deletes one of them came before and is seen here, or waits and sees this.
 */
export const replaceReferences = async (
  tx: Tx,
  workspaceId: string,
  pipelineId: string,
  found: readonly FoundReference[],
): Promise<void> => {
  const before = await tx.pipelineReference.findMany({ where: { pipelineId } })
  const names = [...new Set(found.map(({ connId }) => connId))]
  await holdNames(tx, workspaceId, [...names, ...before.map(({ connId }) => connId)], 'share')
  await holdNamed(tx, workspaceId, names)
  const declared = new Map(before.map(({ connId, declaredAt }) => [connId, declaredAt]))
  await tx.pipelineReference.deleteMany({ where: { pipelineId } })
  await tx.pipelineReference.createMany({
    data: found.map(({ connId, ...rest }) => {
      const declaredAt = declared.get(connId)
      return { pipelineId, connId, ...rest, ...(declaredAt && { declaredAt }) }
    }),
  })
  await bindReferences(tx, workspaceId, names)
}

/** The same hold for a pipeline that begins to run again with the references it has. */
export const holdReferences = async (tx: Tx, workspaceId: string, pipelineId: string): Promise<void> => {
  const rows = await tx.pipelineReference.findMany({ where: { pipelineId }, select: { connId: true } })
  const names = [...new Set(rows.map(({ connId }) => connId))]
  await holdNames(tx, workspaceId, names, 'share')
  await holdNamed(tx, workspaceId, names)
}

/** What is hidden from whoever looks is joined to nothing, so that it looks as if it were not there. */
export const listReferences = (
  tx: Tx,
  viewer: Viewer,
  pipelineIds: readonly string[],
): Promise<StoredReference[]> => tx.$queryRaw<StoredReference[]>`
  select r.pipeline_id as "pipelineId", r.pointer, r.conn_id as "writtenId", r.node, c.id, c.conn_id as "connId", c.name,
         c.type, c.environment, c.deleted_at as "deletedAt"
  from pipeline_references r
  join pipelines p on p.id = r.pipeline_id and p.workspace_id = ${viewer.workspaceId}
  left join connections c on c.id = r.connection_id and c.workspace_id = p.workspace_id and ${openFor(viewer, 'view')}
  where r.pipeline_id = any (${[...pipelineIds]}::text[])
  order by r.pipeline_id, r.pointer`

export interface PipelineUse {
  key: string
  name: string
  active: boolean
  node: string | null
  relations: string[]
}

/** Where pipelines name a connection, as far as it is there for whoever looks; active ones first. */
export const listUses = (
  tx: Tx,
  viewer: Viewer,
  { connectionId, limit }: { connectionId: string; limit: number },
): Promise<PipelineUse[]> => tx.$queryRaw<PipelineUse[]>`
  select p.key, p.name, p.active, r.node, r.relations from pipeline_references r
  join pipelines p on p.id = r.pipeline_id and p.workspace_id = ${viewer.workspaceId}
  join connections c on c.id = r.connection_id and c.workspace_id = p.workspace_id and ${openFor(viewer, 'view')}
  where r.connection_id = ${connectionId}
  order by p.active desc, p.key, r.pointer limit ${limit}`

export interface PipelineFilter {
  q?: string | undefined
  active?: boolean | undefined
  broken?: boolean | undefined
  connection?: string | undefined
}

const matches = (viewer: Viewer, { q, active, broken, connection }: PipelineFilter): Prisma.Sql => {
  const conditions = [Prisma.sql`p.workspace_id = ${viewer.workspaceId}`]
  if (active !== undefined) conditions.push(Prisma.sql`p.active = ${active}`)
  const reference = (where: Prisma.Sql) => Prisma.sql`exists (
    select from pipeline_references r left join connections c on c.id = r.connection_id and ${openFor(viewer, 'view')}
    where r.pipeline_id = p.id and ${where})`
  if (broken !== undefined) {
    const isBroken = reference(Prisma.sql`(c.id is null or c.deleted_at is not null)`)
    conditions.push(broken ? isBroken : Prisma.sql`not ${isBroken}`)
  }
  if (connection !== undefined) conditions.push(reference(isCalled(viewer.workspaceId, connection)))
  if (q !== undefined && q.trim() !== '') {
    const pattern = `%${escapeLike(q.normalize('NFKC').toLowerCase().trim())}%`
    conditions.push(Prisma.sql`(lower(p.name) like ${pattern} or lower(p.key) like ${pattern})`)
  }
  return Prisma.join(conditions, ' and ')
}

export type ListedPipeline = Omit<StoredPipeline, 'definition' | 'createdBy' | 'updatedBy'>

export const listStored = (
  tx: Tx,
  viewer: Viewer,
  filter: PipelineFilter,
  { after, limit, descending }: { after?: Cursor | undefined; limit: number; descending: boolean },
): Promise<ListedPipeline[]> => {
  const order = descending ? Prisma.sql`desc` : Prisma.sql`asc`
  const comparison = descending ? Prisma.sql`<` : Prisma.sql`>`
  return tx.$queryRaw<ListedPipeline[]>`
    select p.id, p.key, p.name, p.active, p.revision, p.last_seen_at as "lastSeenAt", p.created_at as "createdAt",
           p.updated_at as "updatedAt"
    from pipelines p
    where ${matches(viewer, filter)} ${after ? Prisma.sql`and p.key ${comparison} ${after.value}` : Prisma.empty}
    order by p.key ${order} limit ${limit + 1}`
}

export const countStored = async (tx: Tx, viewer: Viewer, filter: PipelineFilter) => {
  const rows = await tx.$queryRaw<{ active: boolean; count: number }[]>`
    select p.active, count(*)::int as count from pipelines p
    where ${matches(viewer, { ...filter, active: undefined })} group by p.active`
  const of = (active: boolean) => rows.find((row) => row.active === active)?.count ?? 0
  return { all: of(true) + of(false), active: of(true), inactive: of(false) }
}
