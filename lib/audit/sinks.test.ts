import { createHmac } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { type Certificates, makeCertificates } from '#lib/connectors/_tls/testing/certificates'
import { createLog } from '#lib/core/log'
import { db } from '#lib/db/client'
import { holdKeys } from '#lib/engine/keys'
import { startSinkLoop } from '#lib/engine/sinks/loop'
import { startHttps, startSyslog } from '#lib/engine/testing/receivers'
import { record } from './record.ts'

const api = useApi()
const engine = useEngine()
const signingKey = 'canary-signing-key-of-sixteen'

let certificates: Certificates
let workspace: TestWorkspace
const cleanup: (() => Promise<unknown>)[] = []

beforeAll(() => {
  certificates = makeCertificates()
})
beforeEach(async () => {
  workspace = await makeWorkspace()
})
afterEach(async () => {
  await db().auditSink.updateMany({ data: { enabled: false } })
  for (const undo of cleanup.splice(0)) await undo()
})

let batches = 0

/** Events as the product writes them, which the engine then seals; in the order of their places. */
const sealEvents = async (count: number, name = 'plain'): Promise<string[]> => {
  const actor = { kind: 'user', id: 'usr_1', name, workspaceId: workspace.id } as const
  const subject = { type: 'connection', id: `conn_"]${++batches}` }
  await db().$transaction(
    async (tx) => {
      for (let n = 0; n < count; n++)
        await record(tx, { actor, event: 'connection.tested', outcome: 'success', subject })
    },
    { timeout: 60_000 },
  )
  const written = await db().auditEvent.findMany({ where: { targetId: subject.id }, orderBy: { id: 'asc' } })
  return written.map(({ id }) => id)
}

const settled = async () => {
  await vi.waitFor(async () => expect(await db().auditPending.count()).toBe(0), 5_000)
}

const create = async (kind: string, config: object, more: object = {}) => {
  const body = {
    name: `to ${kind}`,
    kind,
    config,
    ...(kind === 'https' && { secret: { signing_key: signingKey } }),
    ...more,
  }
  const answer = await api.call('POST', '/api/audit/sinks', { as: workspace.people.admin, body })
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)])
  await settled()
  return answer.body.data
}

const https = async (options = {}) => {
  const receiver = await startHttps(certificates.good, options)
  cleanup.push(receiver.stop)
  return receiver
}

const httpsConfig = (port: number, place = '/events') => ({
  url: `https://localhost:${port}${place}`,
  ca: certificates.authority,
})
const idsOf = (received: { body: string }[]): string[] =>
  received.flatMap(({ body }) => JSON.parse(body).events.map(({ id }: { id: string }) => id))
const only = (wanted: string[], seen: string[]): string[] => seen.filter((id) => wanted.includes(id))
const until = (check: () => unknown, timeout = 15_000) => vi.waitFor(check, { timeout, interval: 50 })

test('an https receiver gets every event in order, signed with the key that nobody can read again', async () => {
  const receiver = await https()
  const sink = await create('https', httpsConfig(receiver.port), {
    secret: { signing_key: signingKey, authorization: 'Splunk abc' },
  })
  expect(sink).toMatchObject({ secret: { set: true }, delivered_seq: expect.any(Number), enabled: true })
  const ids = await sealEvents(450)
  await until(() => expect(only(ids, idsOf(receiver.received))).toEqual(ids))
  for (const { headers, body } of receiver.received) {
    const expected = createHmac('sha256', signingKey)
      .update(`${headers['x-jackfield-timestamp']}.${body}`)
      .digest('hex')
    expect(headers['x-jackfield-signature']).toBe(`v1=${expected}`)
    expect(headers.authorization).toBe('Splunk abc')
  }
  const list = await api.call('GET', '/api/audit/sinks', { as: workspace.people.admin })
  expect(list.text).not.toMatch(/canary|Splunk/)
  await until(async () => {
    const { body } = await api.call('GET', '/api/audit/sinks', { as: workspace.people.admin })
    expect(body.data[0]).toMatchObject({ waiting: 0, last_error: null, failures: 0 })
  })
})

test('a receiver that is down and an engine that is killed lose nothing, keep the order and repeat the same ids', async () => {
  const first = await startHttps(certificates.good, { answer: () => (first.received.length < 2 ? 204 : 503) })
  await create('https', httpsConfig(first.port))
  const ids = await sealEvents(700)
  // Two batches are acknowledged, the third one arrives and is not.
  await until(() => expect(first.received.length).toBeGreaterThan(2))
  await first.stop()
  await engine.kill()
  ids.push(...(await sealEvents(150)))
  await engine.start()
  await until(async () =>
    expect((await db().auditSink.findFirst({ where: { workspaceId: workspace.id } }))?.failures).toBeGreaterThan(0),
  )
  await engine.kill()
  await engine.start()
  const second = await https({ port: first.port })
  await db().auditSink.updateMany({ data: { retryAt: null } })
  await until(() => expect(only(ids, idsOf([...first.received, ...second.received]))).toContain(ids.at(-1)))
  const seen = only(ids, idsOf([...first.received, ...second.received]))
  expect(seen.length).toBeGreaterThan(ids.length)
  expect([...new Set(seen)]).toEqual(ids)
  expect(only(ids, idsOf(second.received))).toEqual(
    ids.slice(ids.indexOf(idsOf(second.received).find((id) => ids.includes(id)) ?? '')),
  )
}, 40_000)

test('of two engines only one at a time sends to a receiver, and no event twice while it answers', async () => {
  let open = 0
  let most = 0
  const receiver = await https({
    answer: async () => {
      most = Math.max(most, ++open)
      // Longer than both take to look again.
      await sleep(1_500)
      open -= 1
      return 204
    },
  })
  await create('https', httpsConfig(receiver.port))
  const keys = await holdKeys({ folder: path.join(engine.home, 'keys'), fromEnv: undefined })
  const policy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
  const log = createLog('engine', { level: 'silent' })
  const loop = startSinkLoop({ databaseUrl: process.env.DATABASE_URL, keys, policy, home: engine.home, log })
  cleanup.push(() => loop.stop())
  const ids = [...(await sealEvents(350)), ...(await sealEvents(350))]
  await until(() => expect(only(ids, idsOf(receiver.received))).toContain(ids.at(-1)), 60_000)
  expect(only(ids, idsOf(receiver.received))).toEqual(ids)
  expect(most).toBe(1)
}, 90_000)

test('what belongs to no workspace reaches only destinations that an owner chose for it', async () => {
  const [plain, chosen] = [await https(), await https()]
  await create('https', httpsConfig(plain.port))
  const body = { name: 'all', kind: 'https', config: httpsConfig(chosen.port), secret: { signing_key: signingKey } }
  const createFor = (role: 'admin' | 'owner') =>
    api.call('POST', '/api/audit/sinks', { as: workspace.people[role], body: { ...body, installation: true } })
  expect((await createFor('admin')).status).toBe(403)
  const made = await createFor('owner')
  expect([made.status, made.body.data.installation]).toEqual([201, true])
  const change = { config: httpsConfig(plain.port), secret: { signing_key: signingKey } }
  const moved = await api.call('PATCH', `/api/audit/sinks/${made.body.data.id}`, {
    as: workspace.people.admin,
    body: change,
  })
  expect(moved.status).toBe(403)
  const nobody = { kind: 'system', id: 'anonymous', name: 'somebody', workspaceId: '' } as const
  await record(db(), { actor: nobody, event: 'session.refused', outcome: 'failure' })
  const ids = await sealEvents(3)
  const seen = (receiver: typeof plain) => receiver.received.map(({ body }) => body).join()
  await until(() => expect(seen(chosen)).toContain('session.refused'))
  await until(() => expect(only(ids, idsOf(chosen.received))).toEqual(ids))
  await until(() => expect(only(ids, idsOf(plain.received))).toEqual(ids))
  expect(seen(plain)).not.toContain('session.refused')
})

test('syslog over TLS arrives as RFC 5424 messages with octet counts, one line whatever people are called', async () => {
  const receiver = await startSyslog(certificates.good)
  cleanup.push(receiver.stop)
  await create('syslog', { host: 'localhost', port: receiver.port, ca: certificates.authority })
  const evil = 'Ada\n<14>1 forged\u001b[2J\u2028\u202e"}]'
  const ids = await sealEvents(3, evil)
  const shape =
    /^<1(?:08|10)>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ jackfield \d+ \S+ \[audit@32473 id="(evt_\w+)" seq="\d+" outcome="\w+" actor="[^\n]*?"( target="(?:[^"\\\]]|\\.)*")?\] \ufeff(\{.*\})$/
  await until(() => expect(receiver.messages.filter((one) => ids.includes(shape.exec(one)?.[1] ?? '')).length).toBe(3))
  for (const message of receiver.messages) {
    expect(message).toMatch(shape)
    expect(message.replace('\ufeff', '')).not.toMatch(/[\p{Cc}\u2028\u202e]/u)
  }
  const [mine] = receiver.messages.filter((one) => one.includes(ids[0] ?? 'none'))
  expect(JSON.parse(shape.exec(mine ?? '')?.[3] ?? '')).toMatchObject({ id: ids[0], actor: { name: evil } })
})

test('a file lies in the fixed folder with the fixed mode, and no name leads anywhere else', async () => {
  const names = ['../x', '/etc/passwd', 'a/b', 'a.b', '', '..', 'a\0b', 'A', '-x', 'x'.repeat(49), 'a\nb']
  for (const file of names) {
    const body = { name: 'f', kind: 'file', config: { file } }
    expect([file, (await api.call('POST', '/api/audit/sinks', { as: workspace.people.admin, body })).status]).toEqual([
      file,
      400,
    ])
  }
  const fields = [
    { file: 'x', path: '/tmp' },
    { file: 'x', mode: 0o666 },
  ]
  for (const config of fields) {
    const body = { name: 'f', kind: 'file', config }
    expect((await api.call('POST', '/api/audit/sinks', { as: workspace.people.admin, body })).status).toBe(400)
  }
  const place = path.join(engine.home, 'audit', `trail.${workspace.id}.ndjson`)
  mkdirSync(path.dirname(place), { recursive: true })
  writeFileSync(place, '{"half', { mode: 0o644 })
  await create('file', { file: 'trail' })
  const ids = await sealEvents(2)
  await until(() => expect(readFileSync(place, 'utf8')).toContain(ids[1]))
  expect(statSync(place).mode & 0o777).toBe(0o600)
  const lines = readFileSync(place, 'utf8').trim().split('\n').slice(1)
  expect(
    only(
      ids,
      lines.map((line) => JSON.parse(line).id),
    ),
  ).toEqual(ids)
})

test('a file that is a link to another one is not written to', async () => {
  const target = path.join(engine.home, 'victim')
  writeFileSync(target, 'before')
  const place = path.join(engine.home, 'audit', `linked.${workspace.id}.ndjson`)
  mkdirSync(path.dirname(place), { recursive: true })
  symlinkSync(target, place)
  await create('file', { file: 'linked' })
  await sealEvents(1)
  await until(async () =>
    expect((await db().auditSink.findFirst({ where: { workspaceId: workspace.id } }))?.failures).toBeGreaterThan(0),
  )
  expect(readFileSync(target, 'utf8')).toBe('before')
  rmSync(place)
})

test('a destination goes through the egress gate, shows only a trusted certificate’s receiver, and follows no redirect', async () => {
  const receiver = await https({ answer: () => 302 })
  const results: Record<string, string> = {}
  const cases: [string, object][] = [
    ['metadata', { url: 'https://169.254.169.254/latest' }],
    ['spelled otherwise', { url: 'https://[::ffff:a9fe:a9fe]/' }],
    ['untrusted', { url: `https://localhost:${receiver.port}/` }],
    ['redirect', httpsConfig(receiver.port)],
  ]
  for (const [name, config] of cases) {
    const sink = await create('https', config, { name, enabled: false })
    const { body } = await api.call('POST', `/api/audit/sinks/${sink.id}/test`, {
      as: workspace.people.admin,
      body: {},
    })
    expect(body.data).toMatchObject({ success: false })
    results[name] = body.data.message
  }
  expect(results.metadata).toContain('never dialled')
  expect(results['spelled otherwise']).toContain('never dialled')
  expect(results.untrusted).toContain('certificate is not trusted')
  expect(results.redirect).toBe('The receiver answered 302.')
  expect(receiver.received).toHaveLength(1)
})

test('a receiver that never answers keeps no request waiting', async () => {
  const receiver = await https({ answer: () => 'never' })
  for (let n = 0; n < 6; n++) await create('https', httpsConfig(receiver.port), { name: `slow ${n}` })
  await sealEvents(5)
  await until(() => expect(receiver.received.length).toBeGreaterThanOrEqual(4))
  const started = performance.now()
  const pass = await api.call('GET', '/api/audit/sinks', { as: workspace.people.admin })
  await create('file', { file: 'quick' })
  expect(pass.status).toBe(200)
  expect(performance.now() - started).toBeLessThan(2_000)
})

test('the signing key is not sent to another receiver, and a changed row opens nothing', async () => {
  const receiver = await https()
  const other = await https()
  const sink = await create('https', httpsConfig(receiver.port))
  const as = workspace.people.admin
  const change = { config: httpsConfig(other.port) }
  const refused = await api.call('PATCH', `/api/audit/sinks/${sink.id}`, { as, body: change })
  expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/secret'])
  const stale = await api.call('PATCH', `/api/audit/sinks/${sink.id}`, {
    as,
    body: { name: 'x' },
    headers: { 'if-match': '"7"' },
  })
  expect(stale.status).toBe(412)
  // As somebody with the database does it.
  await db().auditSink.update({ where: { id: sink.id }, data: { config: httpsConfig(other.port) } })
  await sealEvents(1)
  await until(async () =>
    expect((await db().auditSink.findUnique({ where: { id: sink.id } }))?.lastError).toContain('changed outside'),
  )
  expect(other.received).toEqual([])
  const moved = await api.call('PATCH', `/api/audit/sinks/${sink.id}`, {
    as,
    body: { ...change, secret: { signing_key: 'another key of mine' } },
  })
  expect([moved.status, moved.body.data.last_error]).toEqual([200, null])
  await until(() => expect(other.received.length).toBe(1))
  const gone = await api.call('DELETE', `/api/audit/sinks/${sink.id}`, { as })
  expect(gone.body.data).toEqual({ id: sink.id, deleted: true })
  const events = await api.call('GET', `/api/audit?object=${sink.id}`, { as })
  expect(events.body.data.map((one: { event: string }) => one.event)).toEqual([
    'audit_sink.deleted',
    'audit_sink.updated',
    'audit_sink.created',
  ])
  expect(events.text).not.toMatch(/canary|another key/)
})
