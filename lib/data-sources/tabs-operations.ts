import { findAlive, subjectOf } from '#lib/connections/found'
import { operation } from '#lib/core/operation'
import { requireRevision } from '#lib/core/revision'
import { editorTabs, keptTabs, putTabsInput, tabsInput } from './tabs.ts'
import { lockTabs, readTabs, saveTabs } from './tabs-store.ts'

export const getTabs = operation({
  summary: 'Read what you have open in the SQL editor of a data source',
  effect: 'read',
  permission: 'data-sources:query',
  object: { kind: 'connection', field: 'ref' },
  audit: 'none',
  input: tabsInput,
  output: editorTabs,
  async run({ ref }, { actor, db }) {
    const { id: connectionId } = await findAlive(db, actor, ref, 'use')
    const kept = await readTabs(db, actor.workspaceId, { ownerId: actor.id, connectionId })
    const known = editorTabs.safeParse(kept)
    return known.success ? known.data : { tabs: [], active: '', revision: kept?.revision ?? 0 }
  },
})

export const putTabs = operation({
  summary: 'Keep what you have open in the SQL editor of a data source, for your next visit and your other browsers',
  effect: 'write',
  permission: 'data-sources:query',
  object: { kind: 'connection', field: 'ref' },
  audit: 'editor_tabs.saved',
  input: putTabsInput,
  output: keptTabs,
  async run({ ref, if_match, tabs, active }, { actor, tx, subject }) {
    const connection = await findAlive(tx, actor, ref, 'use')
    const place = { ownerId: actor.id, connectionId: connection.id }
    const { revision } = await lockTabs(tx, actor.workspaceId, place)
    requireRevision(if_match, revision)
    subject({ ...subjectOf(connection), details: { tabs: tabs.length } })
    return saveTabs(tx, actor.workspaceId, { ...place, tabs, active })
  },
})
