import * as z from 'zod'
import { type GrantedKind, type GrantLevel, grantFor } from '#lib/auth/grant-levels'
import { type Asking, asking, mayDoOn, type NamedObject, openTo } from '#lib/auth/grants'
import { type Permission, permissionNames, roles } from '#lib/auth/permissions'
import { reachOf } from '#lib/auth/reach'
import { AppError } from '#lib/core/errors'
import { db, Prisma, type Tx } from '#lib/db/client'
import type { Ticket } from './protocol.ts'

/** What a run stands on: who asked for it, and what it uses. */
export interface Access {
  ticket: Ticket
  connectionId: string | undefined
  credentialId: string | undefined
}

/**
 * Refuses a run whose caller may not do it any more, or whose connection or credential is not in use any more. The web
 * process decided a moment ago; here the rows are held until the use is on record, so that nothing changes in between
 * (AUTHZ-5, AUTHZ-10).
 */
export const requireAccess = async (tx: Tx, access: Access): Promise<void> => {
  const hold = Prisma.sql`for share`
  await requireUsable(tx, access, await callerOf(tx, access, hold), hold)
}

/** The same while a job runs, without holding anything. */
export const checkAccess = async (access: Access): Promise<void> => {
  await requireUsable(db(), access, await callerOf(db(), access, Prisma.empty), Prisma.empty)
}

/** The caller as they are now, with the role they have now; refuses one who may not do it any more. */
const callerOf = async (tx: Tx, access: Access, hold: Prisma.Sql): Promise<Asking> => {
  const { ticket } = access
  const { kind, id, workspace_id: workspaceId } = ticket.actor
  // The command line, and the engine itself.
  if (kind === 'system') return { id, seesRestricted: ticket.actor.sees_restricted ?? false }
  const rows = kind === 'api_key' ? await keyRows(tx, ticket, hold) : await userRows(tx, ticket, hold)
  const parsed = callerRow.safeParse(rows[0])
  if (!parsed.success) throw noLonger()
  const { role, scopes, connections, environments } = parsed.data
  const caller = { kind, id, workspaceId, role, ...(scopes && { scopes }), ...reachOf({ connections, environments }) }
  const { permission } = ticket
  if (permission && !(await mayDoOn(tx, caller, permission, usedObject(access), hold))) throw noLonger()
  return asking(caller)
}

/** What a grant has to be on, to stand in for what the role lacks. */
const usedObject = ({ ticket: { permission }, connectionId, credentialId }: Access): NamedObject | undefined => {
  const kind = permission && grantFor(permission)?.kind
  const ref = kind === 'connection' ? connectionId : credentialId
  return kind === undefined || ref === undefined ? undefined : { kind, ref }
}

const callerRow = z.object({
  role: z.enum(roles),
  scopes: z
    .array(z.string())
    .nullish()
    .transform((names) => names?.filter((name): name is Permission => permissionNames.some((known) => known === name))),
  connections: z.array(z.string()).default([]),
  environments: z.array(z.string()).default([]),
})

/** A rotation tests an organization's credential in all its workspaces, for somebody who belongs to one of them. */
const placesOf = ({ actor, event }: Ticket): Prisma.Sql =>
  event === 'rotation.tested'
    ? Prisma.sql`(select id from workspaces where organization_id = ${actor.organization_id})`
    : Prisma.sql`(${actor.workspace_id})`

const keyRows = (tx: Tx, ticket: Ticket, hold: Prisma.Sql): Promise<unknown[]> => tx.$queryRaw`
  select role, scopes, connections, environments from api_keys
  where id = ${ticket.actor.id} and workspace_id in ${placesOf(ticket)} and revoked_at is null
    and (expires_at is null or expires_at > now()) ${hold}`

const userRows = async (tx: Tx, ticket: Ticket, hold: Prisma.Sql): Promise<unknown[]> => {
  const { id, session_id } = ticket.actor
  // The tests of a rotation go on when the one who started it has signed out.
  if (session_id !== undefined && ticket.event !== 'rotation.tested') {
    const alive = await tx.$queryRaw<unknown[]>`
      select 1 from sessions
      where id = ${session_id} and user_id = ${id} and revoked_at is null and expires_at > now() ${hold}`
    if (alive.length === 0) return []
  }
  return tx.$queryRaw`
    select m.role from memberships m join users u on u.id = m.user_id
    where m.user_id = ${id} and m.workspace_id in ${placesOf(ticket)} and u.status = 'active' ${hold}`
}

const requireUsable = async (
  tx: Tx,
  { connectionId, credentialId }: Access,
  caller: Asking,
  hold: Prisma.Sql,
): Promise<void> => {
  const held = await holdUsed(tx, { connectionId, credentialId }, hold)
  if (connectionId !== undefined && !held.connection) throw new AppError('not_found', 'The connection was deleted.')
  const open = await openOf(tx, { connectionId, credentialId }, caller)
  if (connectionId !== undefined && !open.connection) throw noLonger()
  if (credentialId === undefined) return
  if (!held.credential) throw new AppError('credential_locked', 'The credential was disabled or deleted.')
  if (!open.credential) throw noLonger()
}

type Used = Pick<Access, 'connectionId' | 'credentialId'>

interface Found {
  connection: boolean
  credential: boolean
}

/** Which of what is used is in use; the connection is held first, as by everybody. */
const holdUsed = async (tx: Tx, { connectionId, credentialId }: Used, hold: Prisma.Sql): Promise<Found> =>
  foundIn(
    await tx.$queryRaw<Found[]>`
      with held_connection as (
        select true as is_there from connections where id = ${connectionId ?? null} and deleted_at is null ${hold}),
      held_credential as (
        select true as is_there from credentials where id = ${credentialId ?? null} and deleted_at is null and status = 'active' ${hold})
      select coalesce((select is_there from held_connection), false) as connection,
        coalesce((select is_there from held_credential), false) as credential`,
  )

/** A statement of its own, after the objects are held: grants change only with them, so it sees them as they stay. */
const openOf = async (tx: Tx, { connectionId, credentialId }: Used, caller: Asking): Promise<Found> => {
  const isOpen = (kind: GrantedKind, id: string | undefined, least: GrantLevel) => Prisma.sql`exists (
    select from ${Prisma.raw(`${kind}s`)} o where o.id = ${id ?? null} and ${openTo(caller, { kind, least, alias })})`
  return foundIn(
    await tx.$queryRaw<Found[]>`
      select ${isOpen('connection', connectionId, 'use')} as connection, ${isOpen('credential', credentialId, 'attach')} as credential`,
  )
}

const foundIn = ([row]: Found[]): Found => row ?? { connection: false, credential: false }

const alias = Prisma.sql`o`

const noLonger = () =>
  new AppError(
    'forbidden',
    'You may not do this any more: your access, or the key that was used, has ended or changed.',
  )
