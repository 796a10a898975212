import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { env, resetEnv } from '#lib/config/env'
import { AppError } from '#lib/core/errors'
import { placeOf } from '#lib/credentials/destination'
import { db, Prisma } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { engineStatus, readLines, resealSecret, runJob, sealSecret } from './client.ts'
import type { RunRequest } from './protocol.ts'
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
  ticketOf,
} from './testing/harness.ts'

const database = useTestDatabase()
let engine: TestEngine
let workspace: TestWorkspace
beforeAll(async () => {
  engine = await startTestEngine()
})
afterAll(() => engine.stop())
beforeEach(async () => {
  workspace = await createWorkspace()
})

const never = new AbortController().signal
const digest = (text: string) => createHash('sha256').update(text).digest('hex')

interface End {
  outcome: { success: boolean; message: string; server: Record<string, string | null> | null }
  test_id: string | null
}
const linesOf = async (request: RunRequest, signal = never): Promise<Record<string, unknown>[]> => {
  const lines: Record<string, unknown>[] = []
  for await (const line of readLines(await runJob(request, signal))) lines.push(line as Record<string, unknown>)
  return lines
}
const test = async (target: RunRequest['target']): Promise<End> =>
  (await linesOf(testRequest(workspace, target))).at(-1)?.end as End
const errorOf = async (work: Promise<unknown>): Promise<AppError> => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (error instanceof AppError) return error
  throw new Error(`expected a refusal, got ${String(error)}`)
}
const codeOf = async (work: Promise<unknown>): Promise<string> => (await errorOf(work)).code

describe('a test of a saved connection', () => {
  it('hands the driver exactly the stored secret, streams its stages and ends with the outcome', async () => {
    const credential = await storeTestCredential(
      workspace,
      { password: 'pä$$wörd', extra: '{"a":1}' },
      { destination: home },
    )
    const id = await storeTestConnection(workspace, credential)
    const lines = await linesOf(testRequest(workspace, { connection_id: id }))
    expect(lines.map((line) => Object.keys(line)[0])).toEqual(['stage', 'stage', 'end'])
    const outcome = Object(lines.at(-1)?.end).outcome
    const server = { username: 'etl', password: digest('pä$$wörd'), extra: digest('{"a":1}') }
    expect(outcome).toMatchObject({ success: true, server })
  })

  it('is kept with the revisions it tested, and does not count as a change of the connection', async () => {
    const credential = await storeTestCredential(workspace, { password: 'x' }, { destination: home })
    const id = await storeTestConnection(workspace, credential)
    const before = await db().connection.findUniqueOrThrow({ where: { id } })
    const { test_id } = await test({ connection_id: id })
    const after = await db().connection.findUniqueOrThrow({ where: { id }, include: { lastTest: true } })
    expect(after).toMatchObject({
      lastTestId: test_id,
      everPassed: true,
      revision: before.revision,
      updatedAt: before.updatedAt,
    })
    expect(after.lastTest).toMatchObject({
      settingsRevision: 1,
      credentialId: credential,
      credentialVersion: 1,
      success: true,
    })
    expect(after.lastTest?.stages).toEqual([expect.objectContaining({ name: 'dns', status: 'passed' })])
  })

  it('belongs to the settings it began with when they are edited meanwhile', async () => {
    const id = await storeTestConnection(workspace, null, settings('edited'))
    const running = test({ connection_id: id })
    await sleep(300)
    await db().connection.update({ where: { id }, data: { settingsRevision: 2, config: settings('ok') } })
    const newer = await test({ connection_id: id })
    const older = await running
    const { lastTestId } = await db().connection.findUniqueOrThrow({ where: { id } })
    expect(lastTestId).toBe(newer.test_id)
    const tests = await db().connectionTest.findMany({
      where: { connectionId: id },
      orderBy: { settingsRevision: 'asc' },
    })
    expect(tests.map((each) => [each.id, each.settingsRevision])).toEqual([
      [older.test_id, 1],
      [newer.test_id, 2],
    ])
  })

  it('is written into the audit trail before it runs, with what and where', async () => {
    const credential = await storeTestCredential(workspace, { password: 'x' }, { destination: home })
    const id = await storeTestConnection(workspace, credential)
    await test({ connection_id: id })
    const destination = 'postgresql://db.example.com:5432 (verify-full)'
    expect(await eventsOf(workspace)).toEqual([
      expect.objectContaining({
        ...{ event: 'connection.tested', outcome: 'success', actorId: 'usr_1', targetId: id, targetName: 'Orders' },
        details: {
          capability: 'test',
          connector: 'postgres',
          destination,
          credential_id: credential,
          credential_version: 1,
        },
      }),
    ])
  })

  it('never repeats a password a hostile server said back, neither to the caller nor in what is stored', async () => {
    const password = 'cnry-very-secret-password'
    const credential = await storeTestCredential(workspace, { password }, { destination: home })
    const id = await storeTestConnection(workspace, credential, settings('leak'))
    const lines = await linesOf(testRequest(workspace, { connection_id: id }))
    expect(lines.at(-1)?.end).toMatchObject({ outcome: { success: false } })
    const stored = await db().connectionTest.findMany({ where: { connectionId: id } })
    expect(JSON.stringify([lines, stored, engine.lines])).not.toContain(password)
  })
})

describe('a secret is only opened for whom and where it belongs', () => {
  it('not for another workspace', async () => {
    const credential = await storeTestCredential(workspace, { password: 'x' }, { destination: home })
    const id = await storeTestConnection(workspace, credential)
    const stranger = await createWorkspace()
    expect(await codeOf(linesOf(testRequest(stranger, { connection_id: id })))).toBe('not_found')
    const draft = { type: 'postgres', config: settings('ok'), credential_id: credential }
    expect(await codeOf(linesOf(testRequest(stranger, draft)))).toBe('not_found')
    expect(
      await codeOf(linesOf(testRequest(stranger, { type: 'postgres', config: settings('ok'), connection_id: id }))),
    ).toBe('not_found')
  })

  it('not through a connection of this workspace that names a credential of another', async () => {
    const foreign = await createWorkspace()
    const credential = await storeTestCredential(foreign, { password: 'x' }, { destination: home })
    const id = await storeTestConnection(workspace, credential)
    expect(await codeOf(test({ connection_id: id }))).toBe('credential_locked')
  })

  it('not for a deleted connection, and not from a deleted or disabled credential', async () => {
    const credential = await storeTestCredential(workspace, { password: 'x' }, { destination: home })
    const id = await storeTestConnection(workspace, credential)
    await db().credential.update({ where: { id: credential }, data: { status: 'disabled' } })
    expect(await codeOf(test({ connection_id: id }))).toBe('credential_locked')
    await db().credential.update({ where: { id: credential }, data: { status: 'active', deletedAt: new Date() } })
    expect(await codeOf(test({ connection_id: id }))).toBe('credential_locked')
    await db().connection.update({ where: { id }, data: { deletedAt: new Date() } })
    expect(await codeOf(test({ connection_id: id }))).toBe('not_found')
  })

  it('not for an operation that records nothing', async () => {
    const credential = await storeTestCredential(workspace, { password: 'x' }, { destination: home })
    const id = await storeTestConnection(workspace, credential)
    const request = { ...testRequest(workspace, { connection_id: id }), ticket: ticketOf(workspace, { event: 'none' }) }
    expect(await codeOf(linesOf(request))).toBe('forbidden')
  })
})

describe('destination binding: 0 secret bytes reach', () => {
  let listener: Server
  let received = ''
  let port = 0
  beforeAll(async () => {
    listener = createServer((socket) => {
      socket
        .on('error', () => {})
        .on('data', (bytes) => {
          received += bytes
        })
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const address = listener.address()
    port = typeof address === 'object' && address ? address.port : 0
  })
  afterAll(() => listener.close())
  beforeEach(() => {
    received = ''
  })
  const thief = () => settings('send', { host: '127.0.0.1', port })

  it('a listener the connection was pointed at behind our back', async () => {
    const credential = await storeTestCredential(workspace, { password: 'stolen' }, { destination: home })
    const id = await storeTestConnection(workspace, credential, thief())
    expect(await codeOf(test({ connection_id: id }))).toBe('destination_changed')
    expect(
      await codeOf(
        linesOf({
          ...testRequest(workspace, { connection_id: id }),
          job: { capability: 'discover', request: { what: 'schemas', detail: 'names' } },
        }),
      ),
    ).toBe('destination_changed')
    expect(received).toBe('')
    const events = await eventsOf(workspace)
    expect(events.map(({ event, outcome }) => [event, outcome])).toEqual([
      ['connection.tested', 'denied'],
      ['connection.tested', 'denied'],
    ])
  })

  it('a listener on the form of a connection that keeps its secret, whole or in part', async () => {
    const credential = await storeTestCredential(workspace, { password: 'stolen', extra: 'e' }, { destination: home })
    const id = await storeTestConnection(workspace, credential)
    const draft = { type: 'postgres', config: thief(), connection_id: id }
    expect(await codeOf(test(draft))).toBe('destination_changed')
    const typed = { kind: 'database.password', meta: { username: 'etl' }, secret: { extra: 'new' }, keep: ['password'] }
    expect(await codeOf(test({ ...draft, credential: typed }))).toBe('destination_changed')
    expect(received).toBe('')
  })

  it('a listener that a picked credential was never entered for', async () => {
    const bound = await storeTestCredential(workspace, { password: 'stolen' }, { destination: home })
    const hinted = await storeTestCredential(workspace, { password: 'stolen' }, { meta: { host: 'db.example.com' } })
    for (const credential_id of [bound, hinted]) {
      expect(await codeOf(test({ type: 'postgres', config: thief(), credential_id }))).toBe('destination_changed')
    }
    expect(received).toBe('')
    expect((await db().credential.findUniqueOrThrow({ where: { id: hinted } })).destination).toBeNull()
  })

  it('a listener somebody chose for a credential that nobody has given a destination yet, unless he may type secrets', async () => {
    const credential_id = await storeTestCredential(workspace, { password: 'stolen' })
    const request = testRequest(workspace, { type: 'postgres', config: thief(), credential_id })
    const { actor } = request.ticket
    const asBuilder = { ...request, ticket: { ...request.ticket, actor: { ...actor, may_bind: false } } }
    expect(await codeOf(linesOf(asBuilder))).toBe('destination_changed')
    expect(received).toBe('')
    expect((await db().credential.findUniqueOrThrow({ where: { id: credential_id } })).destination).toBeNull()
    expect((await test({ type: 'postgres', config: settings('ok'), credential_id })).outcome.success).toBe(true)
  })

  it('a server vouched for by an authority that was put in afterwards', async () => {
    const sealedTo = { ...home, tls: 'verify-ca' }
    const credential_id = await storeTestCredential(workspace, { password: 'x' }, { destination: sealedTo })
    const config = settings('ok', {
      ssl_mode: 'verify-full',
      ssl_root_cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    })
    expect(await codeOf(test({ type: 'postgres', config, credential_id }))).toBe('destination_changed')
  })

  it('the right host with TLS checked less than it was; more is fine', async () => {
    const sealedTo = { ...home, tls: 'require' }
    const credential = await storeTestCredential(workspace, { password: 'x' }, { destination: sealedTo })
    const at = (ssl_mode: string) =>
      test({ type: 'postgres', config: settings('ok', { ssl_mode }), credential_id: credential })
    for (const weaker of ['disable', 'allow', 'prefer'])
      expect(await codeOf(at(weaker)), weaker).toBe('destination_changed')
    for (const fine of ['require', 'verify-ca', 'verify-full'])
      expect((await at(fine)).outcome.success, fine).toBe(true)
  })

  it('a listener that somebody with the database emptied or replaced the destination for', async () => {
    const ways = [
      { destination: Prisma.DbNull },
      { destination: Prisma.JsonNull },
      { destination: { scheme: 'postgresql', host: '127.0.0.1', port, tls: 'verify-full' } },
    ]
    for (const change of ways) {
      const credential = await storeTestCredential(workspace, { password: 'stolen' }, { destination: home })
      const id = await storeTestConnection(workspace, credential, thief())
      await db().credential.update({ where: { id: credential }, data: change })
      expect(await codeOf(test({ connection_id: id }))).toBe('credential_locked')
      const staged = { fields: {}, keep: { version: 1, fields: ['password'] }, version: 2, kind: 'database.password' }
      const place = { workspace_id: workspace.workspaceId, credential_id: credential }
      expect(await codeOf(sealSecret({ ...place, ...staged, sealed_to: '' }))).toBe('credential_locked')
      expect(await codeOf(resealSecret({ ...place, destination: null, config: {} }))).toBe('credential_locked')
    }
    expect(received).toBe('')
    const refused = (await eventsOf(workspace)).filter(({ event }) => event === 'credential.refused')
    expect(refused).toHaveLength(ways.length)
  })

  it('a listener that the host typed with a secret was changed to in the database', async () => {
    const meta = { host: 'db.example.com' }
    const credential = await storeTestCredential(workspace, { password: 'stolen' }, { meta })
    await db().credential.update({
      where: { id: credential },
      data: { config: { username: 'etl', host: '127.0.0.1' } },
    })
    const draft = { type: 'postgres', config: thief(), credential_id: credential }
    expect(await codeOf(test(draft))).toBe('credential_locked')
    expect(received).toBe('')
    expect((await db().credential.findUniqueOrThrow({ where: { id: credential } })).destination).toBeNull()
  })

  it('but the password does go where it was entered for, and where it was just typed', async () => {
    const sealedTo = { scheme: 'postgresql', host: '127.0.0.1', port, tls: 'verify-full' }
    const credential = await storeTestCredential(workspace, { password: 'right-place' }, { destination: sealedTo })
    const id = await storeTestConnection(workspace, credential, thief())
    expect((await test({ connection_id: id })).outcome.message).toBe('sent')
    expect(received).toBe('right-place')
    const typed = { kind: 'database.password', meta: { username: 'u' }, secret: { password: '+typed' }, keep: [] }
    await test({ type: 'postgres', config: thief(), credential: typed })
    expect(received).toBe('right-place+typed')
  })

  it('anywhere else once a credential without a destination was used the first time', async () => {
    const credential = await storeTestCredential(workspace, { password: 'x' })
    const both = await Promise.all(
      ['one.example.com', 'two.example.com'].map((host) =>
        test({ type: 'postgres', config: settings('ok', { host }), credential_id: credential }).then(
          () => 'ran',
          (error: AppError) => error.code,
        ),
      ),
    )
    expect(both.sort()).toEqual(['destination_changed', 'ran'])
    const { destination } = await db().credential.findUniqueOrThrow({ where: { id: credential } })
    expect(destination).toMatchObject({ scheme: 'postgresql', port: 5432, tls: 'verify-full' })
  })
})

describe('typed settings', () => {
  it('run without being saved, with exactly the secret that was typed', async () => {
    const typed = { kind: 'database.password', meta: { username: 'me' }, secret: { password: 'typed' }, keep: [] }
    const { outcome, test_id } = await test({ type: 'postgres', config: settings('ok'), credential: typed })
    expect(outcome.server).toEqual({ username: 'me', password: digest('typed'), extra: null })
    expect(test_id).toBeNull()
  })

  it('take over what is kept and nothing else', async () => {
    const credential = await storeTestCredential(
      workspace,
      { password: 'stored', extra: 'kept' },
      { destination: home },
    )
    const id = await storeTestConnection(workspace, credential)
    const target = { type: 'postgres', config: settings('ok'), connection_id: id }
    const kind = 'database.password'
    const some = { kind, meta: { username: 'new' }, secret: { extra: 'typed' }, keep: ['password'] }
    expect((await test({ ...target, credential: some })).outcome.server).toEqual({
      username: 'new',
      password: digest('stored'),
      extra: digest('typed'),
    })
    const none = { kind, meta: { username: 'new' }, secret: { password: 'typed' }, keep: [] }
    expect((await test({ ...target, credential: none })).outcome.server).toEqual({
      username: 'new',
      password: digest('typed'),
      extra: null,
    })
  })

  it('that are wrong are refused at their fields', async () => {
    const wrong = await errorOf(
      test({ type: 'postgres', config: { ...settings('ok'), port: 70_000, sslrootcert: '/etc/passwd' } }),
    )
    expect(wrong.code).toBe('invalid_request')
    expect(wrong.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/config/port', '/config/sslrootcert'])
    expect(await codeOf(test({ type: 'nope', config: {} }))).toBe('invalid_request')
  })
})

describe('a stored envelope that is not what was sealed', () => {
  const swap = (one: string, other: string) => db().$executeRaw`
    update credential_versions v set envelope = o.envelope, key_id = o.key_id from credential_versions o
    where (v.credential_id = ${one} and o.credential_id = ${other}) or (v.credential_id = ${other} and o.credential_id = ${one})`
  const refused = async (credential: string) => {
    const [before, lines] = [(await eventsOf(workspace)).length, engine.lines.length]
    const error = await errorOf(test({ type: 'postgres', config: settings('ok'), credential_id: credential }))
    const events = (await eventsOf(workspace)).slice(before)
    expect(events.at(-1)).toMatchObject({ event: 'credential.refused', outcome: 'failure' })
    expect(engine.lines.slice(lines).join('')).toContain('ALARM')
    return error
  }

  it('is refused with an alarm: swapped between two credentials', async () => {
    const one = await storeTestCredential(workspace, { password: 'one' }, { destination: home })
    const other = await storeTestCredential(workspace, { password: 'other' }, { destination: home })
    await swap(one, other)
    const error = await refused(one)
    expect(error.message).toContain('changed outside Jackfield')
    await refused(other)
  })

  it('swapped between two workspaces', async () => {
    const one = await storeTestCredential(workspace, { password: 'one' }, { destination: home })
    const foreign = await storeTestCredential(await createWorkspace(), { password: 'other' }, { destination: home })
    await swap(one, foreign)
    await refused(one)
  })

  it('moved to another workspace together with its row', async () => {
    const mine = await storeTestCredential(await createWorkspace(), { password: 'one' }, { destination: home })
    await db().$executeRaw`update credentials set workspace_id = ${workspace.workspaceId} where id = ${mine}`
    await refused(mine)
  })

  it('rolled back to an older version', async () => {
    const id = await storeTestCredential(workspace, { password: 'old' }, { destination: home })
    const kind = 'database.password'
    const next = await sealSecret({
      workspace_id: workspace.workspaceId,
      credential_id: id,
      version: 2,
      kind,
      sealed_to: placeOf(home, {}),
      fields: { password: 'new' },
    })
    const [old] = await db().credentialVersion.findMany({ where: { credentialId: id } })
    const common = {
      credentialId: id,
      version: 2,
      keyId: next.key_id,
      fingerprint: next.fingerprint,
      fields: ['password'],
      createdBy: 'u',
    }
    await db().credentialVersion.create({ data: { ...common, envelope: old?.envelope ?? new Uint8Array() } })
    await db().credential.update({ where: { id }, data: { version: 2 } })
    await refused(id)
  })

  it('cut by one byte', async () => {
    const id = await storeTestCredential(workspace, { password: 'x' }, { destination: home })
    await db()
      .$executeRaw`update credential_versions set envelope = substring(envelope for octet_length(envelope) - 1) where credential_id = ${id}`
    await refused(id)
  })

  it('with a byte in front', async () => {
    const id = await storeTestCredential(workspace, { password: 'x' }, { destination: home })
    await db()
      .$executeRaw`update credential_versions set envelope = decode('00', 'hex') || envelope where credential_id = ${id}`
    await refused(id)
  })
})

describe('without an audit trail', () => {
  it('nothing is opened, and it works again when the trail does', async () => {
    const credential = await storeTestCredential(workspace, { password: 'x' })
    const id = await storeTestConnection(workspace, credential)
    await database.asSuperuser('alter table audit_events rename to audit_events_away')
    try {
      const error = await errorOf(test({ connection_id: id }))
      expect(error.code).toBe('unavailable')
      expect(error.message).toContain('Nothing was opened')
      expect(await db().connectionTest.count({ where: { connectionId: id } })).toBe(0)
      expect((await db().credential.findUniqueOrThrow({ where: { id: credential } })).destination).toBeNull()
    } finally {
      await database.asSuperuser('alter table audit_events_away rename to audit_events')
    }
    expect((await test({ connection_id: id })).outcome.success).toBe(true)
  })
})

describe('sealing the next version', () => {
  it('copies kept fields inside the engine, of this credential only', async () => {
    const id = await storeTestCredential(workspace, { password: 'stays', extra: 'goes' }, { destination: home })
    const kind = 'database.password'
    const sealed_to = placeOf(home, {})
    const request = { workspace_id: workspace.workspaceId, credential_id: id, version: 2, kind, sealed_to }
    const keep = { version: 1, fields: ['password'] }
    const sealed = await sealSecret({ ...request, fields: { extra: 'new' }, keep })
    const same = await sealSecret({ ...request, fields: { extra: 'new', password: 'stays' } })
    expect(sealed.fingerprint).toBe(same.fingerprint)
    const foreign = await createWorkspace()
    const stolen = sealSecret({ ...request, workspace_id: foreign.workspaceId, fields: {}, keep })
    expect(await codeOf(stolen)).toBe('not_found')
  })
})

describe('a stream', () => {
  const discover = (connection_id: string): RunRequest => ({
    ticket: ticketOf(workspace, { event: 'data_source.discovered' }),
    target: { connection_id },
    job: { capability: 'discover', request: { what: 'relations', detail: 'names' } },
  })
  const eventually = async (check: () => boolean) => {
    for (let i = 0; i < 100 && !check(); i++) await sleep(50)
    expect(check()).toBe(true)
  }

  it('passes the driver’s bytes on and ends with one last line', async () => {
    const id = await storeTestConnection(workspace, null)
    const lines = await linesOf(discover(id))
    expect(lines).toHaveLength(401)
    expect(lines.at(-1)).toEqual({ end: {} })
  })

  it('waits for a slow reader, all the way to the driver', async () => {
    const id = await storeTestConnection(workspace, null)
    const bytes = await runJob(discover(id), never)
    let resumed = 0
    let last: { at?: number } = {}
    for await (const line of readLines(bytes)) {
      if (resumed === 0) {
        await sleep(1500)
        resumed = Date.now()
      }
      if (!('end' in (line as object))) last = line as { at: number }
    }
    expect(last.at).toBeGreaterThan(resumed - 100)
  })

  it('cancels its job when the reader goes away', async () => {
    const id = await storeTestConnection(workspace, null, settings('slow'))
    for await (const line of readLines(await runJob(testRequest(workspace, { connection_id: id }), never))) {
      expect(line).toHaveProperty('stage')
      break
    }
    await eventually(() => engine.stats().busy === 0)
    const gone = new AbortController()
    const running = linesOf(testRequest(workspace, { connection_id: id }), gone.signal)
    await eventually(() => engine.stats().busy === 1)
    gone.abort()
    expect(await codeOf(running)).toBe('cancelled')
    await eventually(() => engine.stats().busy === 0)
    expect(await db().connectionTest.count({ where: { connectionId: id } })).toBe(0)
  })

  it('ends with a clear error when its runner is killed', async () => {
    const id = await storeTestConnection(workspace, null, settings('slow'))
    const lines: unknown[] = []
    for await (const line of readLines(await runJob(testRequest(workspace, { connection_id: id }), never))) {
      lines.push(line)
      const { stage } = line as { stage?: { evidence: { pid: number } } }
      if (stage) process.kill(stage.evidence.pid, 'SIGKILL')
    }
    expect(lines.at(-1)).toEqual({
      error: { code: 'upstream_failed', message: expect.stringMatching(/ended unexpectedly/) },
    })
    const ok = await storeTestConnection(workspace, null)
    expect((await test({ connection_id: ok })).outcome.success).toBe(true)
  })
})

describe('the door', () => {
  const ask = (options: { token?: string; path?: string; method?: string; body?: string | Buffer }) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const { JACKFIELD_ENGINE_SOCKET: socketPath, JACKFIELD_ENGINE_TOKEN: right } = env()
      const authorization = `Bearer ${options.token ?? right}`
      const { path = '/status', method = 'GET' } = options
      httpRequest({ ...(socketPath && { socketPath }), path, method, headers: { authorization } }, async (response) => {
        let body = ''
        for await (const chunk of response) body += chunk
        resolve({ status: response.statusCode ?? 0, body })
      })
        .on('error', reject)
        .end(options.body)
    })

  it.each(['', 'x', 'Bearer', 'null', '0'.repeat(32), '0'.repeat(4000)])(
    'stays closed to a wrong token: %s',
    async (token) => {
      for (const [method, path] of [
        ['GET', '/status'],
        ['POST', '/seal'],
        ['POST', '/run'],
      ] as const) {
        expect((await ask({ token, method, path, body: method === 'POST' ? '{}' : '' })).status).toBe(401)
      }
    },
  )

  it('knows its routes and says no to the rest', async () => {
    expect((await ask({})).status).toBe(200)
    for (const path of ['/', '/keys/', '/keys/secret', '/status/', '/status?x=1', '/__proto__'])
      expect((await ask({ path })).status).toBe(404)
    expect((await ask({ path: '/seal', method: 'GET' })).status).toBe(404)
  })

  it('refuses bodies that are too large, not JSON or of another shape', async () => {
    const post = (body: string | Buffer, path = '/seal') => ask({ path, method: 'POST', body })
    expect((await post(Buffer.alloc(3_000_000, 'a'))).status).toBe(413)
    expect((await post('{')).status).toBe(400)
    expect((await post('{"workspace_id":"x"}')).status).toBe(400)
    expect((await post('[]', '/run')).status).toBe(400)
  })

  it('tells which keys it holds, never the keys', async () => {
    const status = await engineStatus()
    expect(status).toMatchObject({ key_source: 'file', problem: null })
    expect(status.primary_key_id).toMatch(/^kek_[0-9a-f]{16}$/)
  })

  it('is missed with a sentence when the engine is down', async () => {
    const { JACKFIELD_ENGINE_SOCKET: socket } = process.env
    process.env.JACKFIELD_ENGINE_SOCKET = '/tmp/jackfield-nobody-here.sock'
    resetEnv()
    try {
      const error = await errorOf(engineStatus())
      expect(error.code).toBe('unavailable')
      expect(error.message).toContain('not answering')
    } finally {
      process.env.JACKFIELD_ENGINE_SOCKET = socket
      resetEnv()
    }
  })
})
