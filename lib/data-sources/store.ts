import type { Actor } from '#lib/auth/actor'
import { isCalled } from '#lib/auth/grants'
import { openFor } from '#lib/connections/references'
import type { Tx } from '#lib/db/client'

/** The live connection behind a data source, if this actor may use it. */
export const findSource = async (tx: Tx, actor: Actor, ref: string) => {
  const rows = await tx.$queryRaw<{ id: string; type: string; name: string; environment: string | null }[]>`
    select c.id, c.type, c.name, c.environment from connections c
    where c.workspace_id = ${actor.workspaceId} and c.deleted_at is null and ${isCalled(actor.workspaceId, ref)}
      and ${openFor(actor, 'use')}`
  return rows[0]
}
