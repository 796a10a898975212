import { expect, test } from 'vitest'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { dropOldRuns } from './history-store.ts'
import { createWorkspace, storeTestConnection } from './testing/harness.ts'

useTestDatabase()

test('what was run is forgotten after 90 days, and not a day before', async () => {
  const workspace = await createWorkspace()
  const connectionId = await storeTestConnection(workspace, null)
  const row = { kind: 'run', mode: 'read', sql: 'select 1', status: 'done', actorKind: 'user', actorId: 'usr_1' }
  for (const days of [89, 91]) {
    const startedAt = new Date(Date.now() - days * 86_400_000)
    const data = { ...row, id: newId('query'), workspaceId: workspace.workspaceId, connectionId, startedAt }
    await db().queryRun.create({ data })
  }
  expect(await dropOldRuns()).toBe(1)
  expect(await db().queryRun.count()).toBe(1)
})
