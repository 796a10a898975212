import type { Actor } from '#lib/auth/actor'
import { isCalled } from '#lib/auth/grants'
import { openFor } from '#lib/connections/references'
import { AppError } from '#lib/core/errors'
import type { Tx } from '#lib/db/client'

/** The live connection behind a data source with what was set for it, if this actor may use it. */
export const findSource = async (tx: Tx, actor: Actor, ref: string) => {
  const rows = await tx.$queryRaw<
    { id: string; type: string; name: string; environment: string | null; settings: unknown }[]
  >`
    select c.id, c.type, c.name, c.environment, s.settings
    from connections c left join source_configurations s on s.connection_id = c.id
    where c.workspace_id = ${actor.workspaceId} and c.deleted_at is null and ${isCalled(actor.workspaceId, ref)}
      and ${openFor(actor, 'use')}`
  return rows[0]
}

/** The same, where nothing can be done without it. */
export const requireSource = async (tx: Tx, actor: Actor, ref: string) => {
  const source = await findSource(tx, actor, ref)
  if (source) return source
  throw new AppError('not_found', 'There is no such connection, or it belongs to another workspace.')
}
