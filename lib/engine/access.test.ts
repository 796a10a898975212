import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { mintApiKey } from '#lib/auth/api-keys'
import { startSession } from '#lib/auth/sessions'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { engineError, readLines, runJob } from './client.ts'
import type { RunRequest, Ticket } from './protocol.ts'
import {
  createWorkspace,
  eventsOf,
  home,
  settings,
  startTestEngine,
  storeTestConnection,
  storeTestCredential,
  type TestEngine,
  type TestWorkspace,
  testRequest,
} from './testing/harness.ts'

useTestDatabase()
let engine: TestEngine
let workspace: TestWorkspace
let user: string
let session: string
let credential: string

beforeAll(async () => {
  engine = await startTestEngine({ max: 8 })
})
afterAll(() => engine.stop())
beforeEach(async () => {
  workspace = await createWorkspace()
  user = newId('user')
  await db().user.create({ data: { id: user, email: user, emailKey: user, name: 'Bea' } })
  await db().membership.create({ data: { userId: user, workspaceId: workspace.workspaceId, role: 'builder' } })
  session = (await startSession({ id: user, workspaceId: workspace.workspaceId }, {})).sessionId
  credential = await storeTestCredential(workspace, { password: 'x' }, { destination: home })
})

const never = new AbortController().signal

const requestOf = async (database: string, actor: Partial<Ticket['actor']> = {}): Promise<RunRequest> => {
  const id = await storeTestConnection(workspace, credential, settings(database))
  const request = testRequest(workspace, { connection_id: id })
  const asked = { ...request.ticket.actor, id: user, session_id: session, may_bind: false, ...actor }
  return { ...request, ticket: { ...request.ticket, permission: 'connections:test', actor: asked } }
}

/** The code a run ends with, before its first line or in its last one. */
const endOf = async (request: RunRequest): Promise<string> => {
  try {
    let last: unknown
    for await (const line of readLines(await runJob(request, never))) last = line
    const { error } = Object(last)
    return error === undefined ? 'done' : engineError(error).code
  } catch (error) {
    return error instanceof AppError ? error.code : String(error)
  }
}

const keyActor = async (scopes: string[]) => {
  const { hash, hint } = mintApiKey('test')
  const data = { name: 'ci', hash, hint, role: 'owner', scopes, createdBy: 'test', workspaceId: workspace.workspaceId }
  const { id } = await db().apiKey.create({ data: { id: newId('apiKey'), ...data } })
  return { kind: 'api_key' as const, id, session_id: undefined }
}

const inWorkspace = () => ({ userId: user, workspaceId: workspace.workspaceId })
const revocations: Record<string, [work: () => Promise<unknown>, code: string]> = {
  'the session ended': [
    () => db().session.updateMany({ where: { id: session }, data: { revokedAt: new Date() } }),
    'forbidden',
  ],
  'the session ran out': [
    () => db().session.updateMany({ where: { id: session }, data: { expiresAt: new Date(0) } }),
    'forbidden',
  ],
  'the account was disabled': [
    () => db().user.update({ where: { id: user }, data: { status: 'disabled' } }),
    'forbidden',
  ],
  'the member was removed': [() => db().membership.deleteMany({ where: inWorkspace() }), 'forbidden'],
  'the role was lowered': [
    () => db().membership.updateMany({ where: inWorkspace(), data: { role: 'viewer' } }),
    'forbidden',
  ],
  'the credential was disabled': [
    () => db().credential.update({ where: { id: credential }, data: { status: 'disabled' } }),
    'credential_locked',
  ],
  'the credential was deleted': [
    () => db().credential.update({ where: { id: credential }, data: { deletedAt: new Date() } }),
    'credential_locked',
  ],
}

test.each(Object.entries(revocations))(
  '%s between the click and the run: nothing is opened',
  async (_, [revoke, code]) => {
    const request = await requestOf('ok')
    expect(await endOf(request)).toBe('done')
    await revoke()
    expect(await endOf(request)).toBe(code)
    const events = await eventsOf(workspace)
    expect(events.map(({ outcome }) => outcome)).toEqual(['success', 'denied'])
  },
)

test('whatever is revoked while a job runs, the job ends within five seconds', async () => {
  for (const [name, [revoke, code]] of Object.entries(revocations)) {
    if (!/disabled|session ended|lowered|deleted/.test(name)) continue
    const running = endOf(await requestOf('slow'))
    for (let i = 0; i < 100 && engine.stats().busy === 0; i++) await sleep(20)
    await revoke()
    const since = Date.now()
    expect([name, await running]).toEqual([name, code])
    expect(Date.now() - since).toBeLessThan(5_000)
    expect(engine.stats().busy).toBe(0)
    await db().user.update({ where: { id: user }, data: { status: 'active' } })
    await db().membership.updateMany({ where: inWorkspace(), data: { role: 'builder' } })
    await db().session.updateMany({ where: { id: session }, data: { revokedAt: null } })
    await db().credential.update({ where: { id: credential }, data: { status: 'active', deletedAt: null } })
  }
}, 40_000)

test('an API key that was revoked, ran out, or never had the scope runs nothing', async () => {
  const request = await requestOf('ok', await keyActor(['connections:test']))
  expect(await endOf(request)).toBe('done')
  const { id } = request.ticket.actor
  await db().apiKey.update({ where: { id }, data: { expiresAt: new Date(0) } })
  expect(await endOf(request)).toBe('forbidden')
  await db().apiKey.update({ where: { id }, data: { expiresAt: null, revokedAt: new Date() } })
  expect(await endOf(request)).toBe('forbidden')
  expect(await endOf(await requestOf('ok', await keyActor(['connections:read'])))).toBe('forbidden')
})

test('a revocation and a run at the same moment: no use is on record after the revocation', async () => {
  const request = await requestOf('ok')
  for (let i = 0; i < 40; i++) {
    await db().session.updateMany({ where: { id: session }, data: { revokedAt: null } })
    const before = await db().auditEvent.count({ where: { actorId: user, outcome: 'success' } })
    const running = endOf(request)
    await sleep(i % 8)
    await db().session.updateMany({ where: { id: session }, data: { revokedAt: new Date() } })
    const used = await db().auditEvent.count({ where: { actorId: user, outcome: 'success' } })
    const end = await running
    const after = await db().auditEvent.count({ where: { actorId: user, outcome: 'success' } })
    expect([after, end]).toEqual([used, used > before ? 'done' : 'forbidden'])
  }
}, 40_000)

const grantOn = (objectId: string, level: string) =>
  db().grant.create({
    data: { objectId, subjectId: user, workspaceId: workspace.workspaceId, level, createdBy: 'test' },
  })
const idOf = ({ target }: RunRequest) => ('connection_id' in target ? (target.connection_id ?? '') : '')

test('a viewer runs what a grant lets him use, and nothing else', async () => {
  await db().membership.updateMany({ where: inWorkspace(), data: { role: 'viewer' } })
  const request = await requestOf('ok')
  expect(await endOf(request)).toBe('forbidden')
  await grantOn(idOf(request), 'view')
  expect(await endOf(request)).toBe('forbidden')
  await db().grant.updateMany({ where: { objectId: idOf(request) }, data: { level: 'use' } })
  expect(await endOf(request)).toBe('done')
  expect(await endOf(await requestOf('ok'))).toBe('forbidden')
})

test('a running job ends within five seconds after the grant it stands on was taken away', async () => {
  const take = () => db().grant.deleteMany({ where: { subjectId: user } })
  const cases: Record<string, [role: string, restrict: 'connection' | 'credential' | undefined]> = {
    'a grant that lifts a viewer': ['viewer', undefined],
    'a grant on a restricted connection': ['builder', 'connection'],
    'a grant on a restricted credential': ['builder', 'credential'],
  }
  for (const [name, [role, restrict]] of Object.entries(cases)) {
    await db().membership.updateMany({ where: inWorkspace(), data: { role } })
    const request = await requestOf('slow')
    await grantOn(idOf(request), 'use')
    await grantOn(credential, 'attach')
    const data = { restricted: true }
    if (restrict === 'connection') await db().connection.update({ where: { id: idOf(request) }, data })
    if (restrict === 'credential') await db().credential.update({ where: { id: credential }, data })
    const running = endOf(request)
    for (let i = 0; i < 100 && engine.stats().busy === 0; i++) await sleep(20)
    await take()
    const since = Date.now()
    expect([name, await running]).toEqual([name, 'forbidden'])
    expect(Date.now() - since).toBeLessThan(5_000)
    await db().credential.update({ where: { id: credential }, data: { restricted: false } })
  }
}, 40_000)

test('a running job ends when what it uses is restricted to others', async () => {
  const request = await requestOf('slow')
  const running = endOf(request)
  for (let i = 0; i < 100 && engine.stats().busy === 0; i++) await sleep(20)
  await db().connection.update({ where: { id: idOf(request) }, data: { restricted: true } })
  expect(await running).toBe('forbidden')
}, 20_000)
