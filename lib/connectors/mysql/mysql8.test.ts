import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Certificates, makeCertificates } from '../_tls/testing/certificates.ts'
import { hasMariaDb } from './testing/mariadb.ts'
import { type Mysql8, startMysql8 } from './testing/mysql8.ts'
import { runTest } from './testing/run.ts'

const users = { u8: 'my8päss' }
const credential = { username: 'u8', password: users.u8 }
let certificates: Certificates
let server: Mysql8
beforeAll(() => {
  certificates = makeCertificates()
})
afterEach(() => server?.stop())

const test = (config: object, given: { username: string; password?: string } = credential) =>
  runTest({ config: { host: 'localhost', port: server.port, ...config }, credential: given })
const proven = () => ({ ssl_mode: 'verify-full', ssl_root_cert: certificates.authority })

describe('the login of MySQL 8 (caching_sha2_password)', () => {
  it('works in full over TLS that proves the server, and from its cache after that', async () => {
    server = await startMysql8({ users, tls: certificates.good })
    const outcome = await test(proven())
    expect(outcome).toMatchObject({ success: true, server: { version: '8.4.3', flavour: 'MySQL', replica: true } })
    expect(outcome.stages.map(({ status }) => status)).toEqual(Array(7).fill('passed'))
    expect((await test(proven())).success).toBe(true)
    expect(server.logins).toEqual(['full', 'fast'])
    expect(server.received).toEqual({ clear: [users.u8], encrypted: [] })
  })
  it('gives the password itself to nobody who has not proven to be the server, encrypted or not (CONN-3)', async () => {
    server = await startMysql8({ users, tls: certificates.good })
    for (const ssl_mode of ['disable', 'allow', 'prefer', 'require'])
      expect((await test({ ssl_mode })).code, ssl_mode).toBe('auth.weak_method_refused')
    server.stop()
    server = await startMysql8({ users })
    for (const ssl_mode of ['disable', 'allow', 'prefer'])
      expect((await test({ ssl_mode })).code, ssl_mode).toBe('auth.weak_method_refused')
    expect(server.received).toEqual({ clear: [], encrypted: [] })
  })
  it('works from the cache without proof, which shows the password to nobody', async () => {
    server = await startMysql8({ users, tls: certificates.good })
    expect((await test(proven())).success).toBe(true)
    for (const ssl_mode of ['disable', 'require']) expect((await test({ ssl_mode })).success, ssl_mode).toBe(true)
    expect(server.logins).toEqual(['full', 'fast', 'fast'])
  })
  it('names a wrong password, both ways', async () => {
    server = await startMysql8({ users, tls: certificates.good })
    const wrong = { username: 'u8', password: 'wrong' }
    expect((await test(proven(), wrong)).code).toBe('auth.password_rejected')
    await test(proven())
    expect((await test(proven(), wrong)).code).toBe('auth.password_rejected')
    expect((await test(proven(), { username: 'nobody', password: 'x' })).code).toBe('auth.password_rejected')
  })
  it.each(['mysql_clear_password', 'sha256_password'])('answers %s over proven TLS only', async (plugin) => {
    server = await startMysql8({ users, tls: certificates.good, plugin })
    for (const ssl_mode of ['disable', 'allow', 'prefer', 'require'])
      expect((await test({ ssl_mode })).code, ssl_mode).toBe('auth.weak_method_refused')
    expect(server.received).toEqual({ clear: [], encrypted: [] })
    expect((await test(proven())).success).toBe(true)
  })
  it('names a way to log in that it does not speak', async () => {
    server = await startMysql8({ users, plugin: 'authentication_kerberos_client' })
    const { cause } = await test({ ssl_mode: 'disable' })
    expect(cause).toMatchObject({ code: 'auth.unsupported_method', sentence: expect.stringContaining('kerberos') })
  })
})

// So that the server above is no mirror of our own driver.
describe.skipIf(!hasMariaDb)('the server of these tests', () => {
  const client = async (password: string, ...args: string[]) => {
    const child = spawn(
      'mariadb',
      [
        '--no-defaults',
        '-h127.0.0.1',
        `-P${server.port}`,
        '-uu8',
        `-p${password}`,
        '-N',
        ...args,
        '-e',
        'select version()',
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
    let out = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    const [status] = await once(child, 'close')
    return { status, out: out.trim() }
  }
  it('lets MariaDB’s own client in with the right password, with an RSA key and over TLS, and not with a wrong one', async () => {
    server = await startMysql8({ users, tls: certificates.good })
    expect(await client(users.u8, '--skip-ssl')).toEqual({ status: 0, out: '8.4.3' })
    expect(server.received.encrypted).toEqual([users.u8])
    server.forget()
    expect(await client(users.u8, '--ssl')).toEqual({ status: 0, out: '8.4.3' })
    expect(server.received.clear).toEqual([users.u8])
    expect((await client(users.u8, '--ssl')).out).toBe('8.4.3')
    expect(server.logins).toEqual(['full', 'full', 'fast'])
    expect((await client('wrong', '--ssl')).status).toBe(1)
  })
})
