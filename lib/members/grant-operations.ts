import * as z from 'zod'
import { record } from '#lib/audit/record'
import { type GrantedKind, grantLevels } from '#lib/auth/grant-levels'
import { AppError } from '#lib/core/errors'
import { operation, type WriteContext } from '#lib/core/operation'
import { requireRevision } from '#lib/core/revision'
import type { Tx } from '#lib/db/client'
import {
  type GuardedObject,
  knownSubjects,
  listGrants,
  lockObject,
  putGrant,
  removeGrants,
  type StoredGrant,
  setRestricted,
} from './grant-store.ts'
import { type AccessView, accessView } from './schema.ts'

const ref = z.string().min(1).max(64)

/** Reading, replacing and taking back the access to one kind of object; the same for both kinds. */
const accessOperations = <N extends 'ref' | 'id'>(kind: GrantedKind, name: N) => {
  const level = z.enum(
    grantLevels[kind] as readonly [string, ...string[]],
    `Use one of ${grantLevels[kind].join(', ')}.`,
  )
  const key = { [name]: ref } as Record<N, typeof ref>
  const grant = z.strictObject({ subject_id: z.string().min(1).max(64), level })
  const ifMatch = { if_match: z.string().max(256).optional() }
  const getInput = z.strictObject(key)
  const clearInput = z.strictObject({ ...key, ...ifMatch })
  const putInput = z.strictObject({ ...key, ...ifMatch, restricted: z.boolean(), grants: z.array(grant).max(200) })
  const refOf = (input: object): string =>
    z.string().parse(Object.entries(input).find(([field]) => field === name)?.[1])
  const wanted = z.object({ restricted: z.boolean(), grants: z.array(grant), ...ifMatch })

  const get = operation({
    summary: `Read who has access to a ${kind}`,
    effect: 'read',
    permission: 'grants:write',
    audit: 'none',
    input: getInput,
    output: accessView,
    async run(input, { actor, db }) {
      const object = await lockObject(db, actor, kind, refOf(input))
      if (!object) throw noSuch(kind)
      return viewOf(db, actor.workspaceId, object)
    },
  })
  const put = operation({
    summary: `Say who has access to a ${kind}, in place of what was said before`,
    effect: 'write',
    permission: 'grants:write',
    audit: 'access.restricted',
    input: putInput,
    output: accessView,
    run: (input, context) => replaceAccess(kind, refOf(input), wanted.parse(input), context),
  })
  const clear = operation({
    summary: `Open a ${kind} to everybody whose role allows it, and take back all grants on it`,
    effect: 'write',
    permission: 'grants:write',
    audit: 'access.restricted',
    input: clearInput,
    output: accessView,
    run: (input, context) =>
      replaceAccess(kind, refOf(input), { ...z.object(ifMatch).parse(input), restricted: false, grants: [] }, context),
  })
  return { get, put, clear }
}

interface Wanted {
  if_match?: string | undefined
  restricted: boolean
  grants: { subject_id: string; level: string }[]
}

const replaceAccess = async (
  kind: GrantedKind,
  ref: string,
  { restricted, grants, if_match }: Wanted,
  context: WriteContext,
): Promise<AccessView> => {
  const { tx, actor, subject } = context
  const object = await lockObject(tx, actor, kind, ref)
  if (!object) throw noSuch(kind)
  requireRevision(if_match, object.revision)
  await checkSubjects(tx, actor.workspaceId, grants)
  const changes = await replaceGrants(kind, object, grants, context)
  const isChange = object.restricted !== restricted || changes > 0
  if (isChange) await setRestricted(tx, kind, object.id, restricted)
  const details = { from: object.restricted, to: restricted }
  subject({ type: kind, id: object.id, name: object.name, details })
  return viewOf(tx, actor.workspaceId, { ...object, restricted, revision: object.revision + Number(isChange) })
}

/** Takes back what is not wanted any more and gives what is new, each with its event; answers how many. */
const replaceGrants = async (
  kind: GrantedKind,
  object: GuardedObject,
  grants: Wanted['grants'],
  context: WriteContext,
): Promise<number> => {
  const { tx, actor } = context
  const before = await listGrants(tx, actor.workspaceId, object.id)
  const gone = before.filter((old) => !grants.some(({ subject_id }) => subject_id === old.subjectId))
  const subjects = gone.map(({ subjectId }) => subjectId)
  await removeGrants(tx, actor.workspaceId, object.id, subjects)
  for (const { subjectId, level } of gone)
    await note(context, 'grant.taken', kind, object, { subject: subjectId, level })
  const given = grants.filter(
    (one) => !before.some((old) => old.subjectId === one.subject_id && old.level === one.level),
  )
  for (const { subject_id: subjectId, level } of given) {
    const key = { workspaceId: actor.workspaceId, objectId: object.id, subjectId }
    await putGrant(tx, key, { level, createdBy: actor.id })
    await note(context, 'grant.given', kind, object, { subject: subjectId, level })
  }
  return gone.length + given.length
}

const note = (
  { tx, actor, requestId }: WriteContext,
  event: 'grant.given' | 'grant.taken',
  type: GrantedKind,
  { id, name }: GuardedObject,
  details: Record<string, unknown>,
) => record(tx, { actor, event, outcome: 'success', requestId, subject: { type, id, name, details } })

const checkSubjects = async (tx: Tx, workspaceId: string, grants: Wanted['grants']): Promise<void> => {
  const ids = grants.map(({ subject_id }) => subject_id)
  const known = await knownSubjects(tx, workspaceId, ids)
  const errors = ids.flatMap((id, i) => {
    if (ids.indexOf(id) !== i) return [{ pointer: `/grants/${i}/subject_id`, message: 'This one is listed twice.' }]
    if (known.includes(id)) return []
    return [{ pointer: `/grants/${i}/subject_id`, message: 'There is no such member or API key in this workspace.' }]
  })
  const [first] = errors
  if (first) throw new AppError('invalid_request', first.message, { errors })
}

const viewOf = async (
  tx: Tx,
  workspaceId: string,
  { id, restricted, revision }: GuardedObject,
): Promise<AccessView> => ({
  object_id: id,
  restricted,
  revision,
  grants: (await listGrants(tx, workspaceId, id)).map(grantView),
})

const grantView = (row: StoredGrant) => ({
  subject_id: row.subjectId,
  subject_name: row.subjectName,
  subject_kind: row.subjectKind === 'api_key' ? ('api_key' as const) : ('user' as const),
  level: row.level,
  created_by: row.createdBy,
  created_at: row.createdAt.toISOString(),
})

const noSuch = (kind: GrantedKind) =>
  new AppError('not_found', `There is no such ${kind}, or it belongs to another workspace.`)

export const connectionAccess = accessOperations('connection', 'ref')
export const credentialAccess = accessOperations('credential', 'id')
