import type { Actor } from '#lib/auth/actor'
import { isCalled } from '#lib/auth/grants'
import { openFor } from '#lib/connections/references'
import type { Tx } from '#lib/db/client'

/** The live connection behind a data source, if this actor may use it: its id and connector. */
export const findSource = async (tx: Tx, actor: Actor, ref: string) => {
  const rows = await tx.$queryRaw<{ id: string; type: string; name: string }[]>`
    select c.id, c.type, c.name from connections c
    where c.workspace_id = ${actor.workspaceId} and c.deleted_at is null and ${isCalled(actor.workspaceId, ref)}
      and ${openFor(actor, 'use')}`
  return rows[0]
}
