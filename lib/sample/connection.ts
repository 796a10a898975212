import type { Actor } from '#lib/auth/actor'
import { createConnection, updateConnection } from '#lib/connections/operations'
import { db } from '#lib/db/client'
import type { SampleLogin } from './server.ts'

const actorName = 'Sample source'

/** Whether the sample is still wanted: it was not made yet, or its connection was not deleted for good. */
export const isSampleWanted = async (): Promise<boolean> => {
  const made = await findMade()
  return made === undefined || (await db().connection.count({ where: { id: made.targetId ?? '' } })) > 0
}

/** Makes the connection `sample-shop` once per installation, and follows the sample server to another port. */
export const ensureSampleConnection = async (login: SampleLogin, port: number): Promise<void> => {
  const workspace = await db().workspace.findFirst({ orderBy: { createdAt: 'asc' } })
  if (!workspace) return
  const actor: Actor = {
    kind: 'system',
    id: 'system',
    name: actorName,
    workspaceId: workspace.id,
    organizationId: workspace.organizationId,
    role: 'owner',
  }
  const { username, password, database } = login
  const credential = { type: 'database', config: { username, password } }
  const made = await findMade()
  if (made) await followPort(actor, made.targetId ?? '', { port, credential })
  else {
    await createConnection(actor, {
      conn_id: 'sample-shop',
      name: 'Sample shop',
      type: 'postgres',
      role: 'source',
      environment: 'dev',
      tags: ['sample'],
      description: 'A small online shop to look around in: read only, on this machine, and yours to delete.',
      config: { host: '127.0.0.1', port, database, schema: 'sales', ssl_mode: 'disable' },
      credential: { ...credential, name: 'Sample shop' },
    })
  }
}

// The audit trail is never emptied, so it also remembers a sample that somebody deleted.
const findMade = () =>
  db()
    .auditEvent.findFirst({
      where: { event: 'connection.created', actorKind: 'system', actorName, outcome: 'success' },
    })
    .then((event) => event ?? undefined)

interface Followed {
  port: number
  credential: { type: string; config: Record<string, string> }
}

// A new port is a new destination: the secret is typed again, as a person would have to.
const followPort = async (actor: Actor, id: string, { port, credential }: Followed): Promise<void> => {
  const stored = await db().connection.findFirst({ where: { id, deletedAt: null } })
  const config = stored?.config
  if (typeof config !== 'object' || config === null || Array.isArray(config) || config.port === port) return
  if (config.host !== '127.0.0.1') return
  await updateConnection(actor, { ref: id, config: { port }, credential })
}
