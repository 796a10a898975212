import type { Actor } from '#lib/auth/actor'
import { mayDo } from '#lib/auth/authorize'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { type Usage, usedByInput, usedByList } from './schema.ts'
import { findStored } from './store.ts'
import {
  countActive,
  findLastUse,
  listDays,
  listUsages,
  listUsers,
  type StoredUsage,
  type StoredUser,
} from './used-by-store.ts'
import { noSuchConnection } from './view.ts'

export const listUsedBy = operation({
  summary: 'List the pipelines that use a connection, declared or observed, and who used it lately',
  effect: 'read',
  permission: 'connections:read',
  audit: 'none',
  input: usedByInput,
  output: usedByList,
  async run({ ref, limit, cursor }, { actor, db }) {
    const found = await findStored(db, actor, ref)
    if (!found) throw noSuchConnection()
    const { id } = found
    const after = decodeCursor(cursor, 'key')
    const [usages, active, last, users, days] = await Promise.all([
      listUsages(db, actor.workspaceId, id, { after, limit }),
      countActive(db, actor.workspaceId, id),
      findLastUse(db, id),
      listUsers(db, id),
      listDays(db, id),
    ])
    const { rows, page } = pageOf(usages, limit, 'key', (row) => row.id)
    return {
      items: rows.map(usageView),
      page,
      active,
      last_use: last ? { at: last.lastUsedAt.toISOString(), purpose: last.purpose, by: byOf(actor, last) } : null,
      days,
      users: users.map((user) => ({
        ...byOf(actor, user),
        count: user.count,
        last_used_at: user.lastUsedAt.toISOString(),
        pipeline: user.pipeline,
      })),
    }
  },
})

const usageView = (row: StoredUsage): Usage => ({
  pipeline: { id: row.pipelineId, key: row.key, name: row.name ?? row.key, active: row.active },
  node: row.node,
  pointer: row.declared ? row.pointer : null,
  declared: row.declared,
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
  idle: row.idle,
})

/** Who it was is said to those who may see people, or keys. */
const byOf = (actor: Actor, { kind, id, name }: StoredUser) => {
  const isKnown = kind === 'system' || mayDo(actor, kind === 'user' ? 'members:read' : 'api-keys:read')
  return { kind, id, name: isKnown ? name : null }
}
