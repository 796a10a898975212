import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { runTest } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'

describe.each(serverNames)('testing a connection to the %s server', (name) => {
  let server: TestServer
  const database = 'runner_test_database'
  const dangerous = ['runner_writer', 'runner_owner']
  const etl = { username: 'Runner "etl"', password: `pä'ss"word \\ %` }
  beforeAll(async () => {
    server = await openServer(name)
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    for (const role of [
      'Runner ""etl""',
      'runner_nologin',
      'runner_plain',
      'runner_full',
      ...dangerous,
      'jackfield_reader',
    ])
      await server.run('postgres', `drop role if exists "${role}"`)
    await server.run('postgres', `create database ${database}`)
    const escaped = etl.password.replaceAll("'", "''")
    await server.run(
      'postgres',
      `create role "Runner ""etl""" login password '${escaped}'; create role runner_nologin password 'p'; create role runner_plain login password 'p'; create role runner_full login password 'p' connection limit 0`,
    )
    await server.run(
      database,
      `revoke connect on database ${database} from public; grant connect on database ${database} to "Runner ""etl""", runner_full;
      create schema closed; create schema "we""ird"; grant usage on schema "we""ird" to "Runner ""etl""";
      create table "we""ird".readable(a int); create table "we""ird".hidden(a int); grant select on "we""ird".readable to "Runner ""etl"""`,
    )
  })
  afterAll(async () => {
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    server.stop()
  })
  const test = (
    config: Record<string, unknown> = {},
    credential: { username: string; password?: string } | undefined = etl,
  ) => runTest({ config: { port: server.port, database, ...config }, credential })

  it('passes every stage with a role that has what it needs', async () => {
    const outcome = await test({ schema: 'we"ird' })
    expect(outcome).toMatchObject({ success: true, message: 'Connected successfully (pg)', driver: 'pg', cause: null })
    expect(outcome.stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'dns passed',
      'tcp passed',
      'tls skipped',
      'authenticate passed',
      'database passed',
      'schema passed',
      'grants passed',
    ])
    expect(outcome.server).toMatchObject({ user: etl.username, replica: false, encoding: 'UTF8' })
    expect(outcome.stages.at(-1)).toMatchObject({ evidence: { relations: 2, selectable: 1, superuser: false } })
    expect(outcome.latency_ms).toBeGreaterThan(0)
  })
  it('warns of a superuser', async () => {
    const { stages, success } = await test({}, server.admin)
    expect(success).toBe(true)
    expect(stages.at(-1)).toMatchObject({ name: 'grants', status: 'warning', evidence: { superuser: true } })
  })

  it('warns of a login that may write, with statements to paste for one that may only read', async () => {
    for (const role of dangerous)
      await server.run(
        database,
        `create role ${role} login password 'p'; grant connect on database ${database} to ${role};
        grant usage on schema "we""ird" to ${role}`,
      )
    await server.run(
      database,
      `grant pg_write_all_data to runner_writer; create table "we""ird".own (a int);
      alter table "we""ird".own owner to runner_owner; create role runner_changer login password 'p'; grant connect on database ${database} to runner_changer;
      grant usage on schema "we""ird" to runner_changer; grant select, update (a) on "we""ird".own to runner_changer`,
    )
    const grants = async (login: { username: string; password: string }) =>
      (await test({ schema: 'we"ird' }, login)).stages.at(-1)
    const warned = [
      await grants({ username: 'runner_writer', password: 'p' }),
      await grants({ username: 'runner_owner', password: 'p' }),
      await grants({ username: 'runner_changer', password: 'p' }),
      await grants(server.admin),
    ]
    expect(warned).toMatchObject([
      { status: 'warning', sentence: expect.stringContaining('pg_write_all_data'), evidence: { write_all: true } },
      { status: 'warning', sentence: expect.stringContaining('owns tables here'), evidence: { owned: 1 } },
      { status: 'warning', sentence: expect.stringContaining('may change the rows of one'), evidence: { writable: 1 } },
      { status: 'warning', sentence: expect.stringContaining('superuser') },
    ])
    const { script } = z.object({ script: z.string() }).parse(warned[0]?.evidence)
    await server.run(database, script.replace('<a long random password>', 'reader-Pa55'))
    const reader = { username: 'jackfield_reader', password: 'reader-Pa55' }
    expect(await grants(reader)).toMatchObject({ status: 'passed', evidence: { selectable: 3, writable: 0, owned: 0 } })
    const made = `jackfield_reader, ${dangerous.join(', ')}`
    await server.run(database, `drop owned by ${made}; drop role ${made}`)
  })

  it.each([
    [
      'a wrong password',
      {},
      { ...etl, password: 'wrong' },
      'auth.password_rejected',
      'authenticate',
      '/credential/password',
    ],
    [
      'an unknown role',
      {},
      { username: 'nobody', password: 'x' },
      'auth.password_rejected',
      'authenticate',
      '/credential/password',
    ],
    [
      'a role that may not log in',
      {},
      { username: 'runner_nologin', password: 'p' },
      'auth.role_cannot_login',
      'authenticate',
      '/credential/username',
    ],
    ['an unknown database', { database: 'Nowhere "x"' }, etl, 'database.not_found', 'database', '/config/database'],
    [
      'a database without CONNECT',
      {},
      { username: 'runner_plain', password: 'p' },
      'database.no_connect',
      'database',
      '/config/database',
    ],
    [
      'a template that takes no connections',
      { database: 'template0' },
      undefined,
      'database.not_accepting',
      'database',
      '/config/database',
    ],
    [
      'a role at its limit',
      {},
      { username: 'runner_full', password: 'p' },
      'server.too_many_connections',
      'authenticate',
      null,
    ],
    ['an unknown schema', { schema: "no'pe" }, etl, 'schema.not_found', 'schema', '/config/schema'],
    ['a schema without USAGE', { schema: 'closed' }, etl, 'schema.no_usage', 'schema', '/config/schema'],
    ['a closed port', { port: 1 }, etl, 'tcp.refused', 'tcp', '/config/port'],
    ['an unknown host', { host: 'nowhere.invalid' }, etl, 'dns.not_found', 'dns', '/config/host'],
    ['no password', {}, { username: etl.username }, 'auth.no_password', 'authenticate', '/credential/password'],
    [
      'an empty password',
      {},
      { username: etl.username, password: '' },
      'auth.no_password',
      'authenticate',
      '/credential/password',
    ],
    ['encryption that the server lacks', { ssl_mode: 'require' }, etl, 'tls.not_supported', 'tls', '/config/ssl_mode'],
    [
      'a broken CA certificate',
      { ssl_mode: 'verify-full', ssl_root_cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      etl,
      /^tls\./,
      'tls',
      /ssl/,
    ],
    ['a refused address', { host: '169.254.169.254' }, etl, 'dns.refused_by_policy', 'dns', '/config/host'],
  ] as const)('names %s', async (_, config, credential, code, stage, field) => {
    const { success, cause, stages } = await test(config, credential ?? server.admin)
    expect(success).toBe(false)
    expect(cause).toMatchObject({
      code: expect.stringMatching(code),
      stage,
      field: field === null ? null : expect.stringMatching(field),
    })
    expect(stages.at(-1)).toMatchObject({ name: stage, status: 'failed' })
    expect(cause?.sentence).toMatch(/^[A-Z“1].*\.$/s)
  })
  it('says without a credential that there is none, before dialling', async () => {
    const { cause, stages } = await runTest({ config: { port: 1 } })
    expect(cause).toMatchObject({ code: 'auth.no_credential', field: '/credential/username' })
    expect(stages).toEqual([])
  })
  it('gives fixes that can be run as they are, whatever the names hold', async () => {
    const { cause } = await test({ schema: 'closed' })
    expect(cause?.fix?.kind).toBe('sql')
    await server.run(database, cause?.fix?.text ?? '')
    expect((await test({ schema: 'closed' })).success).toBe(true)
    await server.run(database, `revoke all on schema closed from "Runner ""etl"""`)
  })
})
