import { mayDo } from '#lib/auth/authorize'
import { permissionNames } from '#lib/auth/permissions'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { requireRevision } from '#lib/core/revision'
import { credentialTypes } from '#lib/credentials/kinds'
import { listLocked } from '#lib/credentials/locks'
import { engineStatus } from '#lib/engine/client'
import type { EngineStatus } from '#lib/engine/protocol'
import {
  fingerprintModes,
  organizationView,
  updateOrganizationInput,
  updateWorkspaceInput,
  type WorkspaceSettings,
  workspaceInput,
  workspaceSettings,
  workspaceView,
} from './schema.ts'
import {
  findMemberEmail,
  findOrganization,
  findWorkspace,
  lockWorkspace,
  type StoredSettings,
  updateOrganizationStored,
  updateStored,
} from './store.ts'

export const getWorkspace = operation({
  summary: 'Read the workspace, who you are in it, and how its keys are',
  effect: 'read',
  permission: 'workspace:read',
  audit: 'none',
  input: workspaceInput,
  output: workspaceView,
  async run(_input, { actor, db }) {
    const workspace = await findWorkspace(db, actor.workspaceId)
    if (!workspace) throw new AppError('not_found', 'There is no such workspace.')
    const status = await engineStatus().catch(() => undefined)
    const seesCredentials = mayDo(actor, 'credentials:read') && status !== undefined
    return {
      workspace: settingsOf(workspace),
      credential_types: credentialTypes.filter((type) => !workspace.organization.typesOff.includes(type)),
      user: {
        id: actor.id,
        name: actor.name,
        email: actor.kind === 'user' ? await findMemberEmail(db, actor.workspaceId, actor.id) : null,
        role: actor.role,
      },
      permissions: permissionNames.filter((permission) => mayDo(actor, permission)),
      keys: {
        ...keysOf(status),
        locked_credentials: seesCredentials ? await listLocked(db, actor, status.key_ids) : [],
      },
    }
  },
})

export const updateWorkspace = operation({
  summary: 'Change the settings of the workspace',
  effect: 'write',
  permission: 'workspace:write',
  audit: 'workspace.updated',
  input: updateWorkspaceInput,
  output: workspaceSettings,
  async run({ if_match, ...wanted }, { actor, tx, subject, meta }) {
    const stored = await lockWorkspace(tx, actor.workspaceId)
    if (!stored) throw new AppError('not_found', 'There is no such workspace.')
    requireRevision(if_match, stored.revision)
    const before = settingsOf(stored)
    const {
      name = before.name,
      fingerprints = before.fingerprints,
      require_if_match = before.require_if_match,
    } = wanted
    const next = { name, fingerprints, require_if_match }
    const changed = settingNames.filter((key) => next[key] !== before[key])
    meta({ changed })
    const data = { name, fingerprints, requireIfMatch: require_if_match }
    const after = changed.length > 0 ? settingsOf(await updateStored(tx, stored.id, data)) : before
    const only = (all: WorkspaceSettings) => Object.fromEntries(changed.map((key) => [key, all[key]]))
    subject({
      type: 'workspace',
      id: stored.id,
      name: after.name,
      details: { changed, before: only(before), after: only(after) },
    })
    return after
  },
})

const settingNames = ['name', 'fingerprints', 'require_if_match'] as const

const settingsOf = ({ id, name, fingerprints, requireIfMatch, revision }: StoredSettings): WorkspaceSettings => ({
  id,
  name,
  fingerprints: modeOf(fingerprints),
  require_if_match: requireIfMatch,
  revision,
})

export const updateOrganization = operation({
  summary: 'Say which credential types nobody may create in the organization',
  effect: 'write',
  permission: 'credentials:administer',
  audit: 'organization.updated',
  input: updateOrganizationInput,
  output: organizationView,
  async run({ types_off }, { actor, tx, subject, meta }) {
    const before = await findOrganization(tx, actor.organizationId)
    if (!before) throw new AppError('not_found', 'There is no such organization.')
    const isChange = types_off !== undefined && String(types_off) !== String(before.typesOff)
    const after = isChange ? await updateOrganizationStored(tx, before.id, { typesOff: types_off }) : before
    const changed = isChange ? ['types_off'] : []
    meta({ changed })
    const details = { changed, before: { types_off: before.typesOff }, after: { types_off: after.typesOff } }
    subject({ type: 'organization', id: after.id, name: after.name, details })
    return { id: after.id, name: after.name, types_off: typesOf(after.typesOff) }
  },
})

const typesOf = (stored: string[]) => credentialTypes.filter((type) => stored.includes(type))

const modeOf = (stored: string) => fingerprintModes.find((mode) => mode === stored) ?? 'credential'

const keysOf = (status: EngineStatus | undefined) =>
  status
    ? { source: status.key_source, key_ids: primaryFirst(status), problem: status.problem }
    : {
        source: 'unknown' as const,
        key_ids: [],
        problem: 'The engine is not answering; secrets cannot be used right now.',
      }

const primaryFirst = ({ key_ids, primary_key_id }: EngineStatus): string[] =>
  [...key_ids].sort((a, b) => Number(b === primary_key_id) - Number(a === primary_key_id))
