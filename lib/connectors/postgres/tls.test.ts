import { spawnSync } from 'node:child_process'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sslModes } from '../_tls/ssl.ts'
import { type Certificates, makeCertificates, type Pair } from '../_tls/testing/certificates.ts'
import { type Cluster, debianBin, startCluster } from './testing/cluster.ts'
import { runTest } from './testing/run.ts'

const bin = debianBin()
const scram = ['host all all 127.0.0.1/32 scram-sha-256']

interface ServerKind {
  name: string
  pair?: (certificates: Certificates) => Pair
  hba?: string[]
  host?: string
}

const kinds: ServerKind[] = [
  { name: 'good certificate', pair: ({ good }) => good },
  { name: 'wrong name', pair: ({ wrongName }) => wrongName },
  { name: 'other authority', pair: ({ otherCa }) => otherCa },
  { name: 'expired', pair: ({ expired }) => expired },
  { name: 'self-signed', pair: ({ selfSigned }) => selfSigned },
  { name: 'IP address in the certificate', pair: ({ ipOnly }) => ipOnly, host: '127.0.0.1' },
  { name: 'IP address, only a name in the certificate', pair: ({ good }) => good, host: '127.0.0.1' },
  { name: 'no TLS' },
  { name: 'TLS required', pair: ({ good }) => good, hba: ['hostssl all all 127.0.0.1/32 scram-sha-256'] },
  { name: 'TLS forbidden', pair: ({ good }) => good, hba: ['hostnossl all all 127.0.0.1/32 scram-sha-256'] },
]

/** What each failing cell must say; every other failure there is a wrong diagnosis. */
const expected: Record<string, Partial<Record<(typeof sslModes)[number], string>>> = {
  'good certificate': {},
  'wrong name': { 'verify-full': 'tls.name_mismatch' },
  'other authority': { require: 'tls.untrusted', 'verify-ca': 'tls.untrusted', 'verify-full': 'tls.untrusted' },
  expired: { require: 'tls.expired', 'verify-ca': 'tls.expired', 'verify-full': 'tls.expired' },
  'self-signed': { require: 'tls.self_signed', 'verify-ca': 'tls.self_signed', 'verify-full': 'tls.self_signed' },
  'IP address in the certificate': {},
  'IP address, only a name in the certificate': { 'verify-full': 'tls.name_mismatch' },
  'no TLS': { require: 'tls.not_supported', 'verify-ca': 'tls.not_supported', 'verify-full': 'tls.not_supported' },
  'TLS required': { disable: 'tls.required_by_server' },
  'TLS forbidden': {
    require: 'auth.no_pg_hba_entry',
    'verify-ca': 'auth.no_pg_hba_entry',
    'verify-full': 'auth.no_pg_hba_entry',
  },
}

describe.skipIf(!bin)('the six SSL modes against a real server', () => {
  let cluster: Cluster
  let certificates: Certificates
  let rootFile: string
  beforeAll(async () => {
    certificates = makeCertificates()
    cluster = await startCluster(bin ?? '')
    rootFile = cluster.write('root.pem', certificates.authority)
  })
  afterAll(() => cluster?.stop())

  // libpq itself is the judge: it must accept exactly the cells that we accept.
  const libpqAccepts = (host: string, mode: string, withRoot: boolean) => {
    const root = withRoot ? rootFile : '/nonexistent'
    const env = {
      HOME: '/nonexistent',
      PATH: bin,
      PGPASSWORD: cluster.superuser.password,
      PGCONNECT_TIMEOUT: '5',
      NODE_ENV: 'test' as const,
    }
    const line = `host=${host} port=${cluster.port} user=admin dbname=postgres sslmode=${mode} sslrootcert=${root} gssencmode=disable`
    return spawnSync(`${bin}/psql`, ['-qAtXc', 'select 1', line], { env, encoding: 'utf8' }).status === 0
  }

  describe.each(kinds)('$name', ({ name, pair, hba = scram, host = 'localhost' }) => {
    beforeAll(() => {
      const chosen = pair?.(certificates)
      cluster.configure(
        chosen
          ? {
              ssl: 'on',
              ssl_cert_file: cluster.write('server.pem', chosen.certificate),
              ssl_key_file: cluster.write('server.key', chosen.key),
            }
          : { ssl: 'off' },
        hba,
      )
    })
    const test = (mode: string, withRoot: boolean) =>
      runTest({
        config: {
          host,
          port: cluster.port,
          ssl_mode: mode,
          ...(withRoot && { ssl_root_cert: certificates.authority }),
        },
        credential: cluster.superuser,
      })

    it.each(sslModes)('%s with a CA certificate: as libpq', async (mode) => {
      const outcome = await test(mode, true)
      expect(outcome.code).toBe(expected[name]?.[mode])
      expect(outcome.success).toBe(libpqAccepts(host, mode, true))
    })
    it.each(['disable', 'allow', 'prefer', 'require'] as const)('%s without one: as libpq', async (mode) => {
      const outcome = await test(mode, false)
      expect(outcome.success).toBe(libpqAccepts(host, mode, false))
    })
    it.each(['verify-ca', 'verify-full'])('%s without one trusts no private authority', async (mode) =>
      expect((await test(mode, false)).success).toBe(false),
    )
  })

  it('shows what was negotiated', async () => {
    cluster.configure(
      {
        ssl: 'on',
        ssl_cert_file: cluster.write('server.pem', certificates.good.certificate),
        ssl_key_file: cluster.write('server.key', certificates.good.key),
      },
      scram,
    )
    const config = {
      host: 'localhost',
      port: cluster.port,
      ssl_mode: 'verify-full',
      ssl_root_cert: certificates.authority,
    }
    const { stages } = await runTest({ config, credential: cluster.superuser })
    const tls = stages.find((stage) => stage.name === 'tls')
    expect(tls).toMatchObject({
      status: 'passed',
      evidence: {
        protocol: 'TLSv1.3',
        issuer: 'Test authority',
        names: ['localhost'],
        chain_problem: null,
        name_matches: true,
      },
    })
    expect(tls?.sentence).toMatch(/^TLS 1\.3, name and authority checked, certificate valid for \d+ days\.$/)
  })

  describe('passwords in MD5 and in clear text (CONN-3)', () => {
    const config = () => ({ host: 'localhost', port: cluster.port })
    const credential = { username: 'old', password: 'old-Pa55' }
    const role = async (statement: string) => {
      const client = new Client({
        host: '127.0.0.1',
        port: cluster.port,
        database: 'postgres',
        user: 'admin',
        password: cluster.superuser.password,
      })
      await client.connect()
      await client.query(statement)
      await client.end()
    }
    const tls = () => ({
      ssl: 'on',
      ssl_cert_file: cluster.write('server.pem', certificates.good.certificate),
      ssl_key_file: cluster.write('server.key', certificates.good.key),
    })

    it.each(['md5', 'password'])('%s is answered over proven TLS only', async (method) => {
      cluster.configure(tls(), scram)
      await role(`set password_encryption='md5'; drop role if exists old; create role old login password 'old-Pa55'`)
      cluster.configure(tls(), [`host all old 127.0.0.1/32 ${method}`, ...scram])
      for (const ssl_mode of ['disable', 'allow', 'prefer', 'require'])
        expect((await runTest({ config: { ...config(), ssl_mode }, credential })).code, ssl_mode).toBe(
          'auth.weak_method_refused',
        )
      for (const ssl_mode of ['require', 'verify-ca', 'verify-full'])
        expect(
          (await runTest({ config: { ...config(), ssl_mode, ssl_root_cert: certificates.authority }, credential }))
            .success,
          ssl_mode,
        ).toBe(true)
    })
  })
})
