import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { flood, type HostileServer, startHostile } from '#lib/connectors/_test/testing/zoo'
import { type Certificates, makeCertificates, type Pair } from '#lib/connectors/_tls/testing/certificates'
import type { TestOutcome, TestStage } from '#lib/connectors/contract'
import { manifest } from '#lib/connectors/postgres/manifest'
import { type Cluster, debianBin, startCluster } from '#lib/connectors/postgres/testing/cluster'
import { loggedIn } from '#lib/connectors/postgres/testing/zoo'
import { createRunnerPool, type RunnerPool } from '../pool.ts'
import type { EgressPolicy, StartFrame } from '../protocol.ts'
import { type RogueSsh, startRogueSsh } from '../testing/rogue-ssh.ts'
import { hasSshd, type Sshd, startSshd } from '../testing/sshd.ts'

/* The tunnel from end to end: a real runner, a real OpenSSH server, a real PostgreSQL behind it. */

const limits = { connect_ms: 4000, tls_ms: 2000, auth_ms: 4000, total_ms: 12_000, bytes: 64_000_000 }
const policy: EgressPolicy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
const never = new AbortController().signal

const url = new URL(inject('databaseServer'))
const login = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }

interface Options {
  tunnel?: object
  config?: object
  credential?: object
  limits?: Partial<typeof limits>
  job?: StartFrame['job']
  signal?: AbortSignal
  pool?: RunnerPool
}

describe.skipIf(!hasSshd)('a PostgreSQL behind an SSH server', () => {
  let sshd: Sshd
  let pool: RunnerPool
  const logs: string[] = []
  beforeAll(async () => {
    sshd = await startSshd()
    pool = createRunnerPool({ max: 2, policy, log: (line) => logs.push(line) })
  })
  afterAll(async () => {
    await pool?.stop()
    sshd?.stop()
  })

  const run = async (options: Options = {}) => {
    const tunnel = {
      host: '127.0.0.1',
      port: sshd.port,
      user: sshd.user,
      host_key: sshd.fingerprint,
      ...options.tunnel,
    }
    const config = manifest.config.parse({
      host: '127.0.0.1',
      port: Number(url.port),
      database: 'postgres',
      ssl_mode: 'disable',
      ssh_tunnel: tunnel,
      ...options.config,
    })
    const start: StartFrame = {
      connector: 'postgres',
      config,
      credential: { kind: 'database.password', ...login, ssh_private_key: sshd.privateKey, ...options.credential },
      job: options.job ?? { capability: 'test' },
      limits: { ...limits, ...options.limits },
    }
    const job = (options.pool ?? pool).run(start, { signal: options.signal ?? never })
    const parts: Uint8Array[] = []
    for await (const bytes of job) parts.push(bytes)
    const end = await job.end
    const text = Buffer.concat(parts).toString('utf8')
    const lines = text.split('\n').filter(Boolean)
    const stages = lines.flatMap((line) => (JSON.parse(line) as { stage?: TestStage }).stage ?? [])
    return { end, text, outcome: end.value as TestOutcome, stages: stages.filter(({ status }) => status !== 'running') }
  }
  const codeOf = async (options: Options) => {
    const { outcome } = await run(options)
    return outcome.cause?.code
  }

  it('is reached with a key, and every step is shown', async () => {
    const { outcome, stages } = await run()
    expect(outcome).toMatchObject({ success: true, cause: null })
    expect(stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'tunnel passed',
      'host_key passed',
      'tunnel_login passed',
      'dns skipped',
      'tcp passed',
      'tls skipped',
      'authenticate passed',
      'database passed',
      'schema passed',
      expect.stringMatching(/^grants /),
    ])
    expect(stages.find(({ name }) => name === 'host_key')?.evidence).toEqual({
      key_type: 'ssh-ed25519',
      fingerprint: sshd.fingerprint,
    })
  })

  describe('logins', () => {
    it('a protected key opens with its passphrase, and says when it is missing or wrong', async () => {
      const locked = { ssh_private_key: sshd.lockedKey }
      const { outcome } = await run({ credential: { ...locked, ssh_passphrase: sshd.passphrase } })
      expect(outcome.success).toBe(true)
      expect(await codeOf({ credential: locked })).toBe('tunnel.key_passphrase')
      expect(await codeOf({ credential: { ...locked, ssh_passphrase: 'wrong' } })).toBe('tunnel.key_passphrase')
    })

    it('a key that is not let in is shown as the line that would let it in', async () => {
      const { outcome } = await run({ credential: { ssh_private_key: sshd.otherKey } })
      expect(outcome.cause).toMatchObject({ code: 'tunnel.key_rejected', field: '/credential/ssh_private_key' })
      expect(outcome.cause?.fix?.text).toMatch(/^restrict,port-forwarding ssh-ed25519 AAAA/m)
    })

    it('what is no private key and a credential without one are told apart', async () => {
      expect(await codeOf({ credential: { ssh_private_key: 'not a key' } })).toBe('tunnel.key_unreadable')
      expect(await codeOf({ credential: { ssh_private_key: undefined } })).toBe('tunnel.no_login')
    })

    it.skipIf(process.getuid?.() !== 0)('a password lets in, and a wrong one does not', async () => {
      const user = `jf-${randomBytes(4).toString('hex')}`
      const hash = spawnSync('openssl', ['passwd', '-6', 'ssh-Pa55'], { encoding: 'utf8' }).stdout.trim()
      expect(spawnSync('useradd', ['--no-create-home', '--shell', '/bin/false', '-p', hash, user]).status).toBe(0)
      try {
        const credential = { ssh_private_key: undefined, ssh_password: 'ssh-Pa55' }
        const { outcome } = await run({ tunnel: { user }, credential })
        expect(outcome.success).toBe(true)
        const wrong = { ...credential, ssh_password: 'ssh-wrong' }
        expect(await codeOf({ tunnel: { user }, credential: wrong })).toBe('tunnel.password_rejected')
      } finally {
        spawnSync('userdel', [user])
      }
    })
  })

  describe('the host key', () => {
    let rogue: RogueSsh | undefined
    afterEach(() => rogue?.stop())
    const credential = () => ({ ssh_private_key: sshd.privateKey, ssh_password: 'ssh-canary' })

    it('that was not accepted yet is shown, and nothing is said to its server', async () => {
      rogue = await startRogueSsh()
      const { outcome, stages } = await run({
        tunnel: { port: rogue.port, host_key: undefined },
        credential: credential(),
      })
      expect(outcome.cause).toMatchObject({ code: 'tunnel.host_key_unknown', field: '/config/ssh_tunnel/host_key' })
      expect(stages.at(-1)).toMatchObject({
        name: 'host_key',
        status: 'failed',
        evidence: { fingerprint: rogue.fingerprint, key_type: 'ssh-ed25519' },
      })
      expect([rogue.attempts, rogue.proofs, rogue.forwards]).toEqual([[], [], []])
    })

    it('that is not the accepted one ends it before any login (CONN-12)', async () => {
      rogue = await startRogueSsh()
      const { outcome } = await run({ tunnel: { port: rogue.port }, credential: credential() })
      expect(outcome.cause?.code).toBe('tunnel.host_key')
      expect(outcome.cause?.sentence).toContain(rogue.fingerprint)
      expect([rogue.attempts, rogue.proofs, rogue.forwards]).toEqual([[], [], []])
    })

    it('decides for discovery too', async () => {
      rogue = await startRogueSsh()
      const job: StartFrame['job'] = { capability: 'discover', request: { what: 'schemas', detail: 'names' } }
      const { end } = await run({ tunnel: { port: rogue.port }, credential: credential(), job })
      expect(end.error).toMatchObject({ code: 'upstream_failed', message: expect.stringMatching(/not the server/) })
      expect(rogue.attempts).toEqual([])
    })

    it('of a server that was accepted gets the proofs, so the rogue does hear them', async () => {
      rogue = await startRogueSsh({ forwardTo: Number(url.port) })
      const tunnel = { port: rogue.port, host_key: rogue.fingerprint }
      const onlyPassword = { ssh_private_key: undefined, ssh_password: 'ssh-canary' }
      expect((await run({ tunnel, credential: onlyPassword })).outcome.success).toBe(true)
      expect(rogue.proofs).toEqual(['ssh-canary'])
    })

    it('is never agreed on with outdated algorithms', async () => {
      for (const algorithms of [
        { kex: ['diffie-hellman-group14-sha1'] },
        { cipher: ['aes128-cbc'] },
        { cipher: ['aes128-ctr'], hmac: ['hmac-sha1'] },
      ]) {
        const old = await startRogueSsh({ algorithms: algorithms as never })
        expect(await codeOf({ tunnel: { port: old.port, host_key: old.fingerprint } })).toBe(
          'tunnel.no_common_algorithm',
        )
        old.stop()
      }
    })

    it('proves nothing that the server may open towards us: no forwarded port, socket or display (CONN-12)', async () => {
      rogue = await startRogueSsh({ pushes: true, forwardTo: Number(url.port) })
      const { outcome } = await run({ tunnel: { port: rogue.port, host_key: rogue.fingerprint } })
      expect(outcome.success).toBe(true)
      expect(rogue.pushed.filter((line) => line.includes('ACCEPTED'))).toEqual([])
    })
  })

  describe('what does not work', () => {
    it('an SSH server that forwards nothing', async () => {
      const strict = await startSshd(['AllowTcpForwarding no'])
      const tunnel = { port: strict.port, host_key: strict.fingerprint }
      const { outcome } = await run({ tunnel, credential: { ssh_private_key: strict.privateKey } })
      expect(outcome.cause).toMatchObject({ code: 'tunnel.forwarding_refused', stage: 'tcp' })
      strict.stop()
    })

    it('a closed port and an unknown name behind it', async () => {
      expect(await codeOf({ config: { port: 1 } })).toBe('tcp.refused')
      expect(await codeOf({ config: { host: 'does-not-exist.invalid' } })).toBe('dns.not_found')
    })

    it('no SSH server at all', async () => {
      expect(await codeOf({ tunnel: { port: 1 } })).toBe('tunnel.refused')
      expect(await codeOf({ tunnel: { port: Number(url.port) } })).toBe('tunnel.not_ssh')
      const web = await startHostile((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
      expect(await codeOf({ tunnel: { port: web.port } })).toBe('tunnel.not_ssh')
      web.stop()
      expect(await codeOf({ tunnel: { host: 'does-not-exist.invalid' } })).toMatch(/^tunnel\.(not_found|dns_failed)$/)
    })

    it('an SSH server that goes silent ends at the deadline', async () => {
      sshd.freeze()
      try {
        const began = performance.now()
        expect(await codeOf({ limits: { auth_ms: 700 } })).toBe('tunnel.stalled')
        expect(performance.now() - began).toBeLessThan(6000)
        expect(await codeOf({ limits: { total_ms: 700 } })).toBe('tunnel.stalled')
      } finally {
        sshd.thaw()
      }
    })
  })

  describe('while a query runs', () => {
    let database: HostileServer
    let asked: (socket: Socket) => void
    let ended: Promise<unknown>
    beforeAll(async () => {
      database = await startHostile((socket, _, turn) => {
        if (turn === 0) socket.write(loggedIn)
        else asked(socket)
      })
    })
    afterAll(() => database?.stop())
    const slowly = (when: () => void, options: Options = {}) => {
      const query = Promise.withResolvers<void>()
      asked = (socket) => {
        ended = once(socket, 'close')
        query.resolve()
        when()
      }
      return { query: query.promise, outcome: run({ config: { port: database.port }, ...options }) }
    }

    it('an SSH server that dies is named as the reason', async () => {
      const { outcome } = await slowly(() => sshd.dropConnections()).outcome
      expect(outcome.cause).toMatchObject({ code: 'tunnel.lost', stage: 'database' })
    })

    it('an SSH server that freezes ends at the deadline', async () => {
      const { outcome } = await slowly(() => sshd.freeze(), { limits: { auth_ms: 3000, total_ms: 8000 } }).outcome
      sshd.thaw()
      expect(outcome.cause?.code).toBe('query.timeout')
    })

    it('a person who cancels ends it on both sides', async () => {
      const cancel = new AbortController()
      const { query, outcome } = slowly(() => cancel.abort(), { signal: cancel.signal })
      await query
      expect((await outcome).end.error?.code).toBe('cancelled')
      await ended
    })

    it('a database that floods is cut at the byte cap', async () => {
      asked = (socket) => flood(socket, Buffer.alloc(65_536, 'Z'))
      const { outcome, end } = await run({ config: { port: database.port }, limits: { bytes: 1_000_000 } })
      expect(outcome?.cause?.code ?? end.error?.code).toMatch(/protocol\.(flood|not_postgres)|upstream_failed/)
    })
  })

  describe.skipIf(!debianBin())('TLS to the database', () => {
    let cluster: Cluster
    let certificates: Certificates
    beforeAll(async () => {
      certificates = makeCertificates()
      cluster = await startCluster(debianBin() ?? '')
    })
    afterAll(() => cluster?.stop())
    const serve = ({ certificate, key }: Pair) =>
      cluster.configure(
        {
          ssl: 'on',
          ssl_cert_file: cluster.write('server.pem', certificate),
          ssl_key_file: cluster.write('server.key', key),
          ssl_ca_file: cluster.write('root.pem', certificates.authority),
        },
        ['hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca'],
      )
    const secured = (): Options => ({
      config: {
        host: 'localhost',
        port: cluster.port,
        ssl_mode: 'verify-full',
        ssl_root_cert: certificates.authority,
      },
      credential: {
        ...cluster.superuser,
        client_certificate: certificates.client.certificate,
        client_key: certificates.client.key,
      },
    })

    it('is checked through the tunnel against the database’s own name, with a client certificate', async () => {
      serve(certificates.good)
      const { outcome, stages } = await run(secured())
      expect(outcome).toMatchObject({ success: true })
      expect(stages.find(({ name }) => name === 'tls')?.sentence).toMatch(/name and authority checked/)
    })

    it('refuses a certificate made out to another name, or by another authority', async () => {
      serve(certificates.wrongName)
      expect(await codeOf(secured())).toBe('tls.name_mismatch')
      serve(certificates.otherCa)
      expect(await codeOf(secured())).toBe('tls.untrusted')
    })
  })

  describe('the egress policy', () => {
    const withPolicy = async (change: Partial<EgressPolicy>, options: Options = {}) => {
      const strict = createRunnerPool({ max: 1, policy: { ...policy, ...change }, log: () => {} })
      const { outcome } = await run({ ...options, pool: strict })
      await strict.stop()
      return outcome.cause?.code
    }

    it('holds for the SSH server', async () => {
      expect(await withPolicy({ allow_loopback: false })).toBe('tunnel.refused_by_policy')
      expect(await withPolicy({ deny: ['127.0.0.0/8'] })).toBe('tunnel.refused_by_policy')
    })

    it('refuses metadata addresses behind it in every spelling, before anything is forwarded', async () => {
      const rogue = await startRogueSsh({ forwardTo: Number(url.port) })
      const tunnel = { port: rogue.port, host_key: rogue.fingerprint }
      for (const host of [
        '169.254.169.254',
        '2852039166',
        '0xA9FEA9FE',
        '169.254.43518',
        '::ffff:169.254.169.254',
        'fd00:ec2::254',
        'metadata.google.internal',
        'METADATA.google.internal.',
        '①⑥⑨.254.169.254',
        '0.0.0.0',
      ]) {
        expect(await codeOf({ tunnel, config: { host } }), host).toBe('dns.refused_by_policy')
      }
      expect(rogue.forwards).toEqual([])
      rogue.stop()
    })

    it('refuses our own services behind an SSH server that is this machine', async () => {
      expect(await withPolicy({ own: [`127.0.0.1:${url.port}`] })).toBe('dns.refused_by_policy')
      const named = { config: { host: 'localhost' } }
      expect(await withPolicy({ own: [`localhost:${url.port}`] }, named)).toBe('dns.refused_by_policy')
    })
  })

  it('prints no secret on any of these ways', () => {
    const body = sshd.privateKey.split('\n')[2] ?? 'none'
    expect(logs.join('\n')).not.toContain(body)
    expect(logs.join('\n')).not.toContain('ssh-canary')
  })
})
