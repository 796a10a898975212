import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { resetEnv } from '#lib/config/env'
import { newId } from '#lib/core/id'
import { createLog } from '#lib/core/log'
import { type Destination, placeOf } from '#lib/credentials/destination'
import { db } from '#lib/db/client'
import { createRunnerPool } from '#lib/runner/pool'
import { keepAudit } from '../audit.ts'
import { sealSecret } from '../client.ts'
import { holdKeys } from '../keys.ts'
import type { RunRequest, Ticket } from '../protocol.ts'
import { createEngineServer } from '../server.ts'

export interface TestEngine {
  /** Everything it logged. */
  lines: string[]
  folder: string
  stop(): Promise<void>
  stats(): { idle: number; busy: number; queued: number }
}

/** An engine on a socket of its own with real runners; `#lib/engine/client` talks to it until it stops. */
export const startTestEngine = async (options: { keys?: string; max?: number } = {}): Promise<TestEngine> => {
  const home = mkdtempSync(path.join(tmpdir(), 'jackfield-engine-'))
  const folder = options.keys ?? path.join(home, 'keys')
  const lines: string[] = []
  const log = createLog('engine', { destination: { write: (line: string) => void lines.push(line) } })
  const keys = await holdKeys({ folder, fromEnv: undefined })
  const policy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
  const registry = path.join(import.meta.dirname, 'drivers.ts')
  const pool = createRunnerPool({
    max: options.max ?? 2,
    policy,
    registry,
    log: (line) => log.warn({ runner: line }, 'runner'),
  })
  const audit = keepAudit({ home, key: randomBytes(32), log })
  audit.start()
  const token = randomBytes(16).toString('hex')
  const server = createEngineServer({ token, keys, pool, audit, log })
  const socket = path.join(home, 'engine.sock')
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  Object.assign(process.env, { JACKFIELD_ENGINE_SOCKET: socket, JACKFIELD_ENGINE_TOKEN: token })
  resetEnv()
  return {
    lines,
    folder,
    stats: () => pool.stats(),
    async stop() {
      server.close()
      server.closeAllConnections()
      await pool.stop()
      await audit.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export interface TestWorkspace {
  workspaceId: string
  organizationId: string
}

export const createWorkspace = async (): Promise<TestWorkspace> => {
  const [organizationId, workspaceId] = [newId('organization'), newId('workspace')]
  await db().organization.create({ data: { id: organizationId, name: 'Org' } })
  await db().workspace.create({
    data: { id: workspaceId, organizationId, name: 'Main', tag: randomBytes(4).toString('hex') },
  })
  await db().user.upsert({
    where: { id: 'usr_1' },
    create: { id: 'usr_1', email: 'ada@example.com', emailKey: 'ada@example.com', name: 'Ada' },
    update: {},
  })
  await db().membership.create({ data: { userId: 'usr_1', workspaceId, role: 'owner' } })
  return { workspaceId, organizationId }
}

export const ticketOf = ({ workspaceId, organizationId }: TestWorkspace, change: Partial<Ticket> = {}): Ticket => ({
  event: 'connection.tested',
  request_id: newId('request'),
  actor: {
    kind: 'user',
    id: 'usr_1',
    name: 'Ada',
    workspace_id: workspaceId,
    organization_id: organizationId,
    may_bind: true,
  },
  ...change,
})

export const testRequest = (workspace: TestWorkspace, target: RunRequest['target']): RunRequest => ({
  ticket: ticketOf(workspace),
  target,
  job: { capability: 'test' },
})

export interface CredentialOptions {
  destination?: Destination | null
  version?: number
  meta?: Record<string, unknown>
}

/** Stores a credential as the product does: sealed by the engine, envelope in the database. */
export const storeTestCredential = async (
  { workspaceId, organizationId }: TestWorkspace,
  fields: Record<string, string>,
  { destination, version = 1, meta = {} }: CredentialOptions = {},
): Promise<string> => {
  const id = newId('credential')
  const kind = 'database.password'
  const sealedTo = placeOf(destination ?? null, meta)
  const sealing = { workspace_id: workspaceId, credential_id: id, version, kind, sealed_to: sealedTo }
  const sealed = await sealSecret({ ...sealing, fields })
  await db().credential.create({
    data: {
      ...{
        id,
        organizationId,
        workspaceId,
        name: `login ${id.slice(-4)}`,
        nameKey: id,
        type: 'database',
        kind,
        version,
      },
      config: { username: 'etl', ...meta } as object,
      ...(destination && { destination: { ...destination } }),
      createdBy: 'usr_1',
      versions: {
        create: {
          ...{
            version,
            keyId: sealed.key_id,
            fingerprint: sealed.fingerprint,
            sealedTo,
            fields: Object.keys(fields),
            createdBy: 'usr_1',
          },
          envelope: new Uint8Array(Buffer.from(sealed.envelope, 'base64')),
        },
      },
    },
  })
  return id
}

export const settings = (database: string, change: Record<string, unknown> = {}) => ({
  ...{ host: 'db.example.com', port: 5432, database, schema: 'public', ssl_mode: 'verify-full' },
  ...change,
})

/** What a secret entered for `settings()` is sealed to. */
export const home: Destination = { scheme: 'postgresql', host: 'db.example.com', port: 5432, tls: 'verify-full' }

export const storeTestConnection = async (
  { workspaceId }: TestWorkspace,
  credentialId: string | null,
  config: object = settings('ok'),
): Promise<string> => {
  const id = newId('connection')
  const text = { connId: id, name: 'Orders', nameKey: id, type: 'postgres', role: 'source', summary: '' }
  await db().connection.create({
    data: { id, workspaceId, ...text, config, credentialId, createdBy: 'usr_1', updatedBy: 'usr_1', tags: [] },
  })
  return id
}

export const eventsOf = ({ workspaceId }: TestWorkspace) =>
  db().auditEvent.findMany({ where: { workspaceId }, orderBy: { id: 'asc' } })
