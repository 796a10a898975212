import { isDeepStrictEqual } from 'node:util'
import { requireRecentSignIn } from '#lib/auth/step-up'
import { findAlive, requireAlive, subjectOf } from '#lib/connections/found'
import { operation } from '#lib/core/operation'
import { requireRevision } from '#lib/core/revision'
import type { Tx } from '#lib/db/client'
import { configurationInput, configurationOutput, putConfigurationInput, type SourceSettings } from './configuration.ts'
import { readSettings, saveSettings } from './configuration-store.ts'

export const getConfiguration = operation({
  summary: 'Read how a data source is refreshed and what its queries may take',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'none',
  input: configurationInput,
  output: configurationOutput,
  async run({ ref }, { actor, db }) {
    const { id } = await findAlive(db, actor, ref)
    return viewOf(db, actor.workspaceId, id)
  },
})

export const putConfiguration = operation({
  summary:
    'Change how a data source is refreshed and what its queries may take; what is left out returns to its default',
  effect: 'write',
  permission: 'data-sources:configure',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.configured',
  input: putConfigurationInput,
  output: configurationOutput,
  async run({ ref, if_match, ...settings }, { actor, tx, subject, meta }) {
    const connection = await requireAlive(tx, actor, ref)
    const before = await readSettings(tx, actor.workspaceId, connection.id)
    requireRevision(if_match, before.revision)
    // Opens a door that a stolen cookie must not open.
    if (settings.writes && !before.settings.writes) requireRecentSignIn(actor)
    const changed = changedFields(before.settings, settings)
    if (changed.length > 0) {
      await saveSettings(tx, actor.workspaceId, { connectionId: connection.id, settings, updatedBy: actor.id })
    }
    meta({ changed })
    subject({ ...subjectOf(connection), details: { changed, writes: settings.writes } })
    return viewOf(tx, actor.workspaceId, connection.id)
  },
})

const viewOf = async (tx: Tx, workspaceId: string, connectionId: string) => {
  const { settings, revision, updatedAt, updatedBy } = await readSettings(tx, workspaceId, connectionId)
  return { ...settings, revision, updated_at: updatedAt?.toISOString() ?? null, updated_by: updatedBy }
}

const changedFields = (before: SourceSettings, after: SourceSettings): string[] =>
  Object.entries(after).flatMap(([name, value]) =>
    isDeepStrictEqual(value, Object.entries(before).find(([other]) => other === name)?.[1]) ? [] : [name],
  )
