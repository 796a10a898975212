import type { Actor } from '#lib/auth/actor'
import { asking, openTo } from '#lib/auth/grants'
import { isId } from '#lib/core/id'
import { Prisma, type Tx } from '#lib/db/client'

/** The live connection behind a data source, if this actor may use it: its id and connector. */
export const findSource = async (tx: Tx, actor: Actor, ref: string) => {
  const named = isId('connection', ref) ? Prisma.sql`c.id = ${ref}` : Prisma.sql`c.conn_id = ${ref}`
  const rows = await tx.$queryRaw<{ id: string; type: string; name: string }[]>`
    select c.id, c.type, c.name from connections c
    where c.workspace_id = ${actor.workspaceId} and c.deleted_at is null and ${named}
      and ${openTo(asking(actor), { kind: 'connection', least: 'use', alias: Prisma.sql`c` })}`
  return rows[0]
}
