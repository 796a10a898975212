import { mayDo } from '#lib/auth/authorize'
import { permissionNames } from '#lib/auth/permissions'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { listLocked } from '#lib/credentials/locks'
import { engineStatus } from '#lib/engine/client'
import type { EngineStatus } from '#lib/engine/protocol'
import { workspaceInput, workspaceView } from './schema.ts'
import { findMemberEmail, findWorkspace } from './store.ts'

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
      workspace,
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
