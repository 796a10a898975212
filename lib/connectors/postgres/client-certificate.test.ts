import { createPrivateKey } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Certificates, makeCertificates, type Pair } from '../_tls/testing/certificates.ts'
import { type Cluster, debianBin, startCluster } from './testing/cluster.ts'
import { runTest } from './testing/run.ts'

const bin = debianBin()
const username = 'etl.test'

describe.skipIf(!bin)('a server that asks for a client certificate', () => {
  let cluster: Cluster
  let certificates: Certificates
  const lines = (etl: string) => [
    `hostssl all "${username}" 127.0.0.1/32 ${etl}`,
    'host all admin 127.0.0.1/32 scram-sha-256',
  ]
  const configure = (etl: string) =>
    cluster.configure(
      {
        ssl: 'on',
        ssl_cert_file: cluster.write('server.pem', certificates.good.certificate),
        ssl_key_file: cluster.write('server.key', certificates.good.key),
        ssl_ca_file: cluster.write('root.pem', certificates.authority),
      },
      lines(etl),
    )
  beforeAll(async () => {
    certificates = makeCertificates()
    cluster = await startCluster(bin ?? '')
    configure('scram-sha-256 clientcert=verify-full')
    await cluster.query(`create role "${username}" login password 'etl-Pa55'`)
  })
  afterAll(() => cluster?.stop())

  const run = (pair: Partial<Pair> | undefined, credential: object = {}, config: object = {}) =>
    runTest({
      config: {
        host: 'localhost',
        port: cluster.port,
        ssl_mode: 'verify-full',
        ssl_root_cert: certificates.authority,
        ...config,
      },
      credential: {
        username,
        password: 'etl-Pa55',
        ...(pair?.certificate && { client_certificate: pair.certificate }),
        ...(pair?.key && { client_key: pair.key }),
        ...credential,
      },
    })
  const codeOf = async (...args: Parameters<typeof run>) => (await run(...args)).code

  it('lets in who shows the right one beside the password (clientcert=verify-full)', async () => {
    expect((await run(certificates.client)).success).toBe(true)
  })

  it('lets in with the certificate alone, where it asks for no password', async () => {
    configure('cert')
    expect((await run(certificates.client, { password: undefined })).success).toBe(true)
    expect(await codeOf(certificates.otherClient)).toBe('auth.client_certificate_name')
    configure('scram-sha-256 clientcert=verify-full')
  })

  it('takes a key under a passphrase, and says when it is wrong', async () => {
    const key = createPrivateKey(certificates.client.key)
    const locked = String(key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'key-phrase' }))
    const pair = { certificate: certificates.client.certificate, key: locked }
    expect((await run(pair, { client_key_passphrase: 'key-phrase' })).success).toBe(true)
    expect(await codeOf(pair, { client_key_passphrase: 'wrong' })).toBe('tls.client_key')
    expect(await codeOf(pair)).toBe('tls.client_key')
  })

  it('tells apart what is wrong with it', async () => {
    const { client, otherClient, foreignClient } = certificates
    expect(await codeOf(undefined)).toBe('auth.client_certificate_required')
    // PostgreSQL says no more than that where a password was asked for as well.
    expect(await codeOf(otherClient)).toBe('auth.password_rejected')
    expect(await codeOf(foreignClient)).toBe('tls.client_certificate_rejected')
    expect(await codeOf({ certificate: client.certificate, key: otherClient.key })).toBe('tls.client_key')
    expect(await codeOf({ certificate: client.certificate })).toBe('tls.client_half')
    expect(await codeOf({ key: client.key })).toBe('tls.client_half')
    expect(await codeOf({ certificate: client.certificate, key: 'not a key' })).toBe('tls.client_key')
  })

  it('is still checked first: a server with another name gets no certificate login', async () => {
    expect(await codeOf(certificates.client, {}, { host: '127.0.0.1' })).toBe('tls.name_mismatch')
  })
})
