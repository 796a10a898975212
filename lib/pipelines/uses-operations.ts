import { operation } from '#lib/core/operation'
import { usesInput, usesOutput } from './schema.ts'
import { listUses } from './store.ts'

/** So many places are enough to know whom a change concerns. */
const usesMax = 2_000

export const listPipelineUses = operation({
  summary: 'List where pipelines name one connection, and which of its tables',
  effect: 'read',
  permission: 'pipelines:read',
  audit: 'none',
  input: usesInput,
  output: usesOutput,
  run: async ({ connection_id: connectionId }, { actor, db }) => ({
    items: await listUses(db, actor, { connectionId, limit: usesMax }),
  }),
})
