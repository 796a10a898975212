import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { runTest } from './testing/run.ts'

describe.skipIf(!hasMariaDb)('testing a connection to MariaDB', () => {
  let server: MariaDb
  const etl = { username: `Runner 'etl\``, password: `pä'ss"word \\ %` }
  const account = `'Runner ''etl\`'@'127.0.0.1'`
  const password = `'pä''ss"word \\\\ %'`
  beforeAll(async () => {
    server = await startMariaDb()
    await server.run(
      'CREATE DATABASE shop CHARACTER SET utf8mb4',
      'CREATE DATABASE closed',
      'CREATE TABLE closed.t (a int)',
      'CREATE DATABASE `we``ird ☃`',
      'CREATE TABLE shop.readable (a int)',
      'CREATE TABLE `we``ird ☃`.t (a int)',
      `CREATE USER ${account} IDENTIFIED BY ${password}`,
      `GRANT SELECT ON shop.* TO ${account}`,
      `GRANT SELECT ON \`we\`\`ird ☃\`.* TO ${account}`,
      `CREATE USER elsewhere@'203.0.113.7' IDENTIFIED BY 'p'`,
      `CREATE USER locked@'%' IDENTIFIED BY 'p' ACCOUNT LOCK`,
      `CREATE USER expired@'%' IDENTIFIED BY 'p' PASSWORD EXPIRE`,
      `GRANT SELECT ON shop.* TO expired@'%'`,
      `CREATE USER busy@'%' IDENTIFIED BY 'p' WITH MAX_USER_CONNECTIONS 1`,
      `GRANT SELECT ON shop.* TO busy@'%'`,
      `CREATE USER open@'%'`,
      `GRANT SELECT ON shop.* TO open@'%'`,
      `CREATE USER files@'%' IDENTIFIED BY 'p'`,
      `GRANT FILE ON *.* TO files@'%'`,
      `GRANT SELECT ON shop.* TO files@'%'`,
      `CREATE USER giver@'%' IDENTIFIED BY 'p'`,
      `GRANT SELECT ON \`sh%\`.* TO giver@'%' WITH GRANT OPTION`,
      `CREATE USER writer@'%' IDENTIFIED BY 'p'`,
      `GRANT INSERT ON shop.* TO writer@'%'`,
      `CREATE USER changer@'%' IDENTIFIED BY 'p'`,
      `GRANT SELECT, UPDATE, DROP ON shop.* TO changer@'%'`,
    )
  }, 60_000)
  afterAll(() => server?.stop())
  const test = (
    config: Record<string, unknown> = {},
    credential: { username: string; password?: string } | undefined = etl,
  ) => runTest({ config: { port: server.port, ...config }, credential })

  it('passes every stage with an account that has what it needs', async () => {
    const outcome = await test({ database: 'we`ird ☃' })
    expect(outcome).toMatchObject({ success: true, message: 'Connected successfully (mysql2)', driver: 'mysql2' })
    expect(outcome.stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'dns passed',
      'tcp passed',
      'banner passed',
      'tls skipped',
      'authenticate passed',
      'database passed',
      'grants passed',
    ])
    expect(outcome.server).toMatchObject({ flavour: 'MariaDB', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) })
    expect(outcome.stages.at(-1)).toMatchObject({
      evidence: { account: `${etl.username}@127.0.0.1`, client: '127.0.0.1', tables: 1, on_database: ['SELECT'] },
    })
    expect(outcome.latency_ms).toBeGreaterThan(0)
  })
  it('lets in an account without a password, and says so where one is asked for', async () => {
    expect((await test({}, { username: 'open' })).success).toBe(true)
    expect((await test({}, { username: 'open', password: '' })).success).toBe(true)
    expect((await test({}, { username: 'writer' })).code).toBe('auth.no_password')
  })
  it.each([
    ['admin', 'admin-Pa55', /everything on the whole server/],
    ['files', 'p', /read and write files/],
    ['giver', 'p', /hand its rights on/],
    ['changer', 'p', /“changer” may change them \(UPDATE, DROP\)\./],
    ['writer', 'p', /grant SELECT to read them: GRANT SELECT ON `shop`\.\* TO 'writer'@'%';/],
  ])('warns of what %s may do', async (username, password, sentence) => {
    const { success, stages } = await test({}, { username, password })
    expect(success).toBe(true)
    expect(stages.at(-1)).toMatchObject({
      name: 'grants',
      status: 'warning',
      sentence: expect.stringMatching(sentence),
    })
  })

  it('hands a login that may too much the statements for one that may read', async () => {
    const { stages } = await test({}, { username: 'files', password: 'p' })
    const { script } = z.object({ script: z.string() }).parse(stages.at(-1)?.evidence)
    const statements = script.replace('<a long random password>', 'reader-Pa55').split('\n')
    await server.run(...statements)
    const reader = { username: 'jackfield_reader', password: 'reader-Pa55' }
    expect((await test({}, reader)).stages.at(-1)).toMatchObject({ name: 'grants', status: 'passed' })
    await server.run("DROP USER jackfield_reader@'127.0.0.1'")
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
      'an unknown user',
      {},
      { username: 'nobody', password: 'x' },
      'auth.password_rejected',
      'authenticate',
      '/credential/password',
    ],
    [
      'an account of another host',
      {},
      { username: 'elsewhere', password: 'p' },
      'auth.password_rejected',
      'authenticate',
      '/credential/password',
    ],
    ['no password', {}, { username: etl.username }, 'auth.no_password', 'authenticate', '/credential/password'],
    [
      'a locked account',
      {},
      { username: 'locked', password: 'p' },
      'auth.account_locked',
      'authenticate',
      '/credential/username',
    ],
    [
      'an expired password',
      {},
      { username: 'expired', password: 'p' },
      'auth.password_expired',
      'database',
      '/credential/password',
    ],
    [
      'an unknown database',
      { database: 'nowhere `x`' },
      undefined,
      'database.not_found',
      'database',
      '/config/database',
    ],
    ['a database without rights', { database: 'closed' }, etl, 'database.no_access', 'database', '/config/database'],
    ['a closed port', { port: 1 }, etl, 'tcp.refused', 'tcp', '/config/port'],
    ['an unknown host', { host: 'nowhere.invalid' }, etl, 'dns.not_found', 'dns', '/config/host'],
    ['encryption that the server lacks', { ssl_mode: 'require' }, etl, 'tls.not_supported', 'tls', '/config/ssl_mode'],
    ['a refused address', { host: '169.254.169.254' }, etl, 'dns.refused_by_policy', 'dns', '/config/host'],
  ] as const)('names %s', async (_, config, credential, code, stage, field) => {
    const { success, cause, stages } = await test(config, credential ?? server.admin)
    expect(success).toBe(false)
    expect(cause).toMatchObject({ code, stage, field })
    expect(stages.at(-1)).toMatchObject({ name: stage, status: 'failed' })
    expect(cause?.sentence).toMatch(/^[A-Z“1].*\.$/s)
  })
  it('names an account that has no connection left', async () => {
    const first = await server.hold({ username: 'busy', password: 'p' })
    expect((await test({}, { username: 'busy', password: 'p' })).code).toBe('auth.user_limit')
    await first.end()
  })
  it('names a server that has no connection left, in its first words', async () => {
    await server.run('SET GLOBAL max_connections = 10', `SET GLOBAL extra_max_connections = 1`)
    const held = await Promise.all(
      Array.from({ length: 10 }, () => server.hold({ username: 'open' }).catch(() => undefined)),
    )
    const outcome = await test()
    await Promise.all(held.map((connection) => connection?.end()))
    await server.run('SET GLOBAL max_connections = 100')
    expect(outcome.cause).toMatchObject({ code: 'server.too_many_connections', field: null })
  })
  it('names a server that takes no logins from here, with the statement for it', async () => {
    await server.run(`DELETE FROM mysql.global_priv WHERE host NOT IN ('localhost', '203.0.113.7') AND user <> 'admin'`)
    await server.run(`RENAME USER 'admin'@'%' TO 'admin'@'localhost'`, 'FLUSH PRIVILEGES')
    const { cause } = await test({ database: 'shop' })
    expect(cause).toMatchObject({ code: 'auth.host_not_allowed', field: '/config/host' })
    expect(cause?.sentence).toContain('“127.0.0.1”')
    expect(cause?.fix?.text).toContain("CREATE USER 'Runner ''etl`'@'127.0.0.1'")
  })
  it('says without a credential that there is none, before dialling', async () => {
    const { cause, stages } = await runTest({ config: { port: 1 } })
    expect(cause).toMatchObject({ code: 'auth.no_credential', field: '/credential/username' })
    expect(stages).toEqual([])
  })
})
