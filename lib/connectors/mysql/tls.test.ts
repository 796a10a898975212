import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sslModes } from '../_tls/ssl.ts'
import { type Certificates, makeCertificates, type Pair } from '../_tls/testing/certificates.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { runTest } from './testing/run.ts'

const kinds: [
  string,
  (certificates: Certificates) => Pair,
  string,
  Partial<Record<(typeof sslModes)[number], string>>,
][] = [
  ['a good certificate', ({ good }) => good, 'localhost', {}],
  ['another name', ({ wrongName }) => wrongName, 'localhost', { 'verify-full': 'tls.name_mismatch' }],
  ['another authority', ({ otherCa }) => otherCa, 'localhost', all('tls.untrusted')],
  ['an expired one', ({ expired }) => expired, 'localhost', all('tls.expired')],
  ['a self-signed one', ({ selfSigned }) => selfSigned, 'localhost', all('tls.self_signed')],
  ['an address in it', ({ ipOnly }) => ipOnly, '127.0.0.1', {}],
  ['only a name, asked by address', ({ good }) => good, '127.0.0.1', { 'verify-full': 'tls.name_mismatch' }],
]

function all(code: string) {
  return { require: code, 'verify-ca': code, 'verify-full': code }
}

describe.skipIf(!hasMariaDb)('the six SSL modes against MariaDB', () => {
  let server: MariaDb
  let certificates: Certificates
  const serve = ({ certificate, key }: Pair) =>
    server.restart([
      `--ssl-cert=${server.write('server.pem', certificate)}`,
      `--ssl-key=${server.write('server.key', key)}`,
      `--ssl-ca=${server.write('ca.pem', certificates.authority)}`,
    ])
  const run = (ssl_mode: string, host = 'localhost', credential: object = {}, withRoot = true) =>
    runTest({
      config: { host, port: server.port, ssl_mode, ...(withRoot && { ssl_root_cert: certificates.authority }) },
      credential: { ...server.admin, ...credential },
    })
  beforeAll(async () => {
    certificates = makeCertificates()
    server = await startMariaDb()
    await server.run(
      'CREATE DATABASE shop',
      "CREATE USER secure@'%' IDENTIFIED BY 'p' REQUIRE SSL",
      "CREATE USER known@'%' IDENTIFIED BY 'p' REQUIRE X509",
      "GRANT SELECT ON shop.* TO secure@'%'",
      "GRANT SELECT ON shop.* TO known@'%'",
    )
  }, 60_000)
  afterAll(() => server?.stop())

  it.each(kinds)(
    'accept %s exactly where they should',
    async (_, pair, host, expected) => {
      await serve(pair(certificates))
      for (const mode of sslModes) expect((await run(mode, host)).code, mode).toBe(expected[mode])
      for (const mode of ['verify-ca', 'verify-full'])
        expect((await run(mode, host, {}, false)).success, mode).toBe(false)
      expect((await run('require', host, {}, false)).success).toBe(true)
    },
    60_000,
  )

  it('tell an account that must be encrypted from a wrong password', async () => {
    await serve(certificates.good)
    const secure = { username: 'secure', password: 'p' }
    expect((await run('disable', 'localhost', secure)).code).toBe('tls.required_by_server')
    expect((await run('disable', 'localhost', { ...secure, password: 'x' })).code).toBe('auth.password_rejected')
    const upgraded = await run('allow', 'localhost', secure)
    expect(upgraded.success).toBe(true)
    expect(upgraded.stages.find(({ name }) => name === 'authenticate')).toMatchObject({ status: 'warning' })
    expect((await run('verify-full', 'localhost', secure)).success).toBe(true)
  })
  it('show a client certificate where the account asks for one', async () => {
    const known = { username: 'known', password: 'p' }
    const { client, foreignClient } = certificates
    const shown = { ...known, client_certificate: client.certificate, client_key: client.key }
    expect((await run('verify-full', 'localhost', shown)).success).toBe(true)
    expect((await run('verify-full', 'localhost', known)).code).toBe('auth.password_rejected')
    expect((await run('verify-full', 'localhost', { ...shown, client_key: undefined })).code).toBe('tls.client_half')
    const foreign = { ...known, client_certificate: foreignClient.certificate, client_key: foreignClient.key }
    expect((await run('verify-full', 'localhost', foreign)).success).toBe(false)
  })
  it('name a server that takes encrypted logins only', async () => {
    await server.run('SET GLOBAL require_secure_transport = ON').catch(() => {})
    expect((await run('disable')).code).toBe('tls.required_by_server')
  })
})
