import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RogueSsh, startRogueSsh } from '#lib/runner/testing/rogue-ssh'
import { hasSshd, type Sshd, startSshd } from '#lib/runner/testing/sshd'
import { startRunners } from '../_files/testing/run.ts'
import { manifest } from './manifest.ts'

const subsystem = 'Subsystem sftp internal-sftp'

describe.skipIf(!hasSshd)('files on an OpenSSH server', () => {
  const runners = startRunners(manifest)
  let sshd: Sshd
  let folder: string
  let outside: string

  beforeAll(async () => {
    sshd = await startSshd([subsystem])
    folder = mkdtempSync(path.join(tmpdir(), 'jackfield-sftp-'))
    outside = mkdtempSync(path.join(tmpdir(), 'jackfield-outside-'))
    const put = (name: string, content: string | Buffer) => writeFileSync(path.join(folder, name), content)
    mkdirSync(path.join(folder, 'inside'))
    put('orders.csv', 'id;amount;day\n1;10.50;2026-01-02\n2;7;2026-01-03\n')
    put('inside/events.ndjson', '{"a":1}\n{"a":12345678901234567890,"b":[1]}\n')
    put('notes.txt', 'first\nsecond\n')
    put('Ünï ‮evil"\n.txt', 'x')
    writeFileSync(path.join(outside, 'secret.csv'), 'a,b\ncanary,1\n')
    symlinkSync('inside', path.join(folder, 'shortcut'))
    symlinkSync('orders.csv', path.join(folder, 'latest.csv'))
    symlinkSync(outside, path.join(folder, 'way-out'))
    symlinkSync('/etc/passwd', path.join(folder, 'passwd'))
    symlinkSync('nowhere', path.join(folder, 'broken'))
    symlinkSync('loop', path.join(folder, 'loop'))
    spawnSync('mkfifo', [path.join(folder, 'pipe')])
    mkdirSync(path.join(folder, 'many'))
    for (let count = 0; count < 2_500; count += 1) put(`many/file-${String(count).padStart(5, '0')}`, '')
  })
  afterAll(async () => {
    await runners.stop()
    sshd?.stop()
    for (const made of [folder, outside]) if (made) rmSync(made, { recursive: true, force: true })
  })

  const key = (over: object = {}) => ({
    kind: 'password.ssh_key',
    username: sshd.user,
    private_key: sshd.privateKey,
    ...over,
  })
  const config = (over: object = {}) => ({
    host: '127.0.0.1',
    port: sshd.port,
    host_key: sshd.fingerprint,
    start_folder: folder,
    ...over,
  })
  const options = (over: object = {}, login: object = {}) => ({ config: config(over), credential: key(login) })
  const list = async (request: object = {}, over: object = {}) => {
    const { lines, error, code } = await runners.files(options(over), { what: 'list', ...request })
    const entries = lines.flatMap((line) => (line.type === 'entry' ? [line] : []))
    const after = lines.flatMap((line) => (line.type === 'page' ? [line.after] : []))[0]
    return { entries, after, error, code, names: entries.map(({ name }) => name) }
  }
  const preview = async (name: string, request: object = {}) => {
    const { lines, error, code } = await runners.files(options(), { what: 'preview', path: name, ...request })
    const head = lines.flatMap((line) => (line.type === 'preview' ? [line] : []))[0]
    const rows = lines.flatMap((line) => (line.type === 'row' ? [line.values] : []))
    const text = lines.flatMap((line) => (line.type === 'text' ? [line.text] : [])).join('')
    return { head, rows, text, error, code }
  }

  it('are reached with a key, and every step is shown', async () => {
    const { outcome, stages } = await runners.test(options())
    expect(outcome).toMatchObject({ success: true, cause: null, server: { folder, fingerprint: sshd.fingerprint } })
    expect(stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'dns passed',
      'tcp passed',
      'server_key passed',
      'authenticate passed',
      'folder passed',
    ])
  })

  it('a server that nobody has accepted shows its key and is told nothing', async () => {
    const { outcome, stages, code } = await runners.test({ config: config({ host_key: undefined }) })
    expect(code).toBe('ssh.host_key_unknown')
    expect(outcome.cause).toMatchObject({ stage: 'server_key', field: '/config/host_key' })
    expect(stages.at(-1)?.evidence).toEqual({ key_type: 'ssh-ed25519', fingerprint: sshd.fingerprint })
    expect(outcome.cause?.sentence).toContain(sshd.fingerprint)
  })

  it.each<[string, string, object, object]>([
    ['no credential', 'auth.no_credential', {}, { none: true }],
    ['a key that is not let in', 'auth.key_rejected', {}, { other: true }],
    ['a protected key without its passphrase', 'auth.key_passphrase', {}, { locked: true }],
    ['a wrong passphrase', 'auth.key_passphrase', {}, { locked: true, passphrase: 'wrong' }],
    ['something that is no key', 'auth.key_unreadable', {}, { private_key: 'hello' }],
    ['no key at all', 'auth.no_key', {}, { private_key: undefined }],
    ['a folder that is not there', 'folder.not_found', { start_folder: '/no/such/folder' }, {}],
    ['a file instead of a folder', 'folder.not_a_folder', { file: true }, {}],
    ['another server key', 'ssh.host_key', { host_key: `SHA256:${'A'.repeat(43)}` }, {}],
    ['a closed port', 'tcp.refused', { port: 1 }, {}],
  ])('%s is told as such', async (_what, expected, over, login) => {
    const { none, other, locked, ...rest } = login as Record<string, unknown>
    const { file, ...settings } = over as Record<string, unknown>
    const changed = {
      ...(other === true && { private_key: sshd.otherKey }),
      ...(locked === true && { private_key: sshd.lockedKey }),
    }
    const start = file === true ? { start_folder: `${folder}/orders.csv` } : {}
    const { code, outcome } = await runners.test({
      config: config({ ...settings, ...start }),
      credential: none ? undefined : key({ ...changed, ...rest }),
    })
    expect(code).toBe(expected)
    expect(outcome.message).toMatch(/^[A-Z“1].*\.$/s)
  })

  it('a protected key opens with its passphrase', async () => {
    const { code } = await runners.test({
      config: config(),
      credential: key({ private_key: sshd.lockedKey, passphrase: sshd.passphrase }),
    })
    expect(code).toBeUndefined()
  })

  it.skipIf(process.getuid?.() !== 0)('a password lets in, and a wrong one does not', async () => {
    const user = `jf-sftp-${process.pid}`
    const hash = spawnSync('openssl', ['passwd', '-6', 'sftp-Pa55'], { encoding: 'utf8' }).stdout.trim()
    expect(spawnSync('useradd', ['--no-create-home', '--shell', '/bin/false', '-p', hash, user]).status).toBe(0)
    try {
      chmodSync(folder, 0o755)
      const login = { kind: 'password.basic', username: user, password: 'sftp-Pa55' }
      const forced = await startSshd([subsystem, 'ForceCommand internal-sftp'])
      const there = config({ port: forced.port, host_key: forced.fingerprint })
      expect(await runners.test({ config: there, credential: login })).toMatchObject({ code: undefined })
      const wrong = await runners.test({ config: there, credential: { ...login, password: 'wrong-canary' } })
      expect(wrong.code).toBe('auth.password_rejected')
      expect(wrong.text).not.toContain('canary')
      forced.stop()
    } finally {
      spawnSync('userdel', [user])
    }
  })

  it('a server without SFTP says so', async () => {
    const plain = await startSshd()
    const { code } = await runners.test(
      options(
        { port: plain.port, host_key: plain.fingerprint },
        { username: plain.user, private_key: plain.privateKey },
      ),
    )
    plain.stop()
    expect(code).toBe('sftp.not_offered')
  })

  it('neither an agent nor a file of this machine is asked for a key', async () => {
    const { code } = await runners.test({
      config: config(),
      credential: { kind: 'password.ssh_key', username: sshd.user },
    })
    expect(code).toBe('auth.no_key')
    expect(runners.logs.join('\n')).not.toMatch(/ERR_ACCESS_DENIED/)
  })

  describe('lists', () => {
    it('a folder by name, with sizes, times and what links lead to', async () => {
      const { entries, after } = await list()
      expect(after).toBeNull()
      const byName = Object.fromEntries(entries.map((entry) => [entry.name, entry]))
      expect(byName['orders.csv']).toMatchObject({ kind: 'file', size_bytes: 48, path: 'orders.csv' })
      expect(byName['orders.csv']?.modified_at).toMatch(/^20\d\d-/)
      expect(byName.inside).toMatchObject({ kind: 'folder', size_bytes: null })
      expect(byName.shortcut).toMatchObject({ kind: 'link', leads_to: 'folder' })
      expect(byName['latest.csv']).toMatchObject({ kind: 'link', leads_to: 'file' })
      for (const name of ['way-out', 'passwd', 'broken', 'loop'])
        expect([name, byName[name]]).toMatchObject([name, { kind: 'link', leads_to: null }])
      expect(byName.pipe).toMatchObject({ kind: 'other' })
      expect(Object.keys(byName)).toContain('Ünï ‮evil"\n.txt')
    })
    it('a large folder page by page, every entry once', async () => {
      const names: string[] = []
      let after: string | null | undefined
      do {
        const page = await list({ path: 'many', limit: 1_000, ...(after && { after }) })
        names.push(...page.names)
        after = page.after
      } while (after)
      expect(names).toHaveLength(2_500)
      expect(names).toEqual(names.toSorted())
      expect(new Set(names).size).toBe(2_500)
    })
    it('through a link that stays inside, and not through one that leads out', async () => {
      expect((await list({ path: 'shortcut' })).names).toEqual(['events.ndjson'])
      expect(await list({ path: 'way-out' })).toMatchObject({ code: 'forbidden', names: [] })
    })
    it.each(['..', 'inside/..', 'inside/../..', '/etc', 'inside//x', './inside', 'inside/.', 'x\0y'])(
      'nothing by the path %j',
      async (way) => {
        const { code, names } = await list({ path: way })
        expect([code, names]).toEqual(['invalid_request', []])
      },
    )
    it('a file, or nothing, is an answer and no crash', async () => {
      expect(await list({ path: 'orders.csv' })).toMatchObject({
        code: 'unprocessable',
        error: 'This is not a folder.',
      })
      expect(await list({ path: 'gone' })).toMatchObject({ code: 'not_found' })
    })
  })

  describe('previews', () => {
    it('a CSV file with its types', async () => {
      const { head, rows } = await preview('orders.csv')
      expect(head).toMatchObject({ format: 'csv', size_bytes: 48 })
      expect(head?.columns).toEqual([
        { name: 'id', type: 'integer' },
        { name: 'amount', type: 'decimal' },
        { name: 'day', type: 'date' },
      ])
      expect(rows).toEqual([
        ['1', '10.50', '2026-01-02'],
        ['2', '7', '2026-01-03'],
      ])
    })
    it('NDJSON without rounding its numbers', async () => {
      expect((await preview('inside/events.ndjson')).rows).toEqual([
        [1, null],
        ['12345678901234567890', [1]],
      ])
    })
    it('a file with a name full of traps', async () => {
      expect((await preview('Ünï ‮evil"\n.txt')).text).toBe('x')
    })
    it('nothing outside of the start folder', async () => {
      for (const way of ['way-out/secret.csv', 'passwd']) {
        const { code, rows, text } = await preview(way)
        expect([way, code, rows, text]).toEqual([way, 'forbidden', [], ''])
      }
    })
    it('no pipe, no folder, and nothing that is not there', async () => {
      expect(await preview('pipe')).toMatchObject({ code: 'unprocessable' })
      expect(await preview('inside')).toMatchObject({ code: 'unprocessable' })
      expect(await preview('gone.csv')).toMatchObject({ code: 'not_found' })
    })
  })

  describe('a server of an attacker', () => {
    let rogue: RogueSsh
    beforeAll(async () => {
      rogue = await startRogueSsh()
    })
    afterAll(() => rogue?.stop())

    it('gets neither a key nor a password, whatever is asked of the connection', async () => {
      for (const host_key of [undefined, sshd.fingerprint]) {
        for (const credential of [key(), { kind: 'password.basic', username: 'etl', password: 'canary' }]) {
          const there = { config: config({ port: rogue.port, host_key }), credential }
          expect((await runners.test(there)).code).toMatch(/^ssh\.host_key/)
          expect((await runners.files(there, { what: 'list' })).code).toBe('upstream_failed')
        }
      }
      expect([rogue.attempts, rogue.proofs]).toEqual([[], []])
    })
  })

  it('a server that freezes ends at the deadline with a sentence', async () => {
    const frozen = await startSshd([subsystem])
    frozen.freeze()
    const { code } = await runners.test({
      ...options({ port: frozen.port, host_key: frozen.fingerprint }),
      limits: { auth_ms: 500 },
    })
    frozen.thaw()
    frozen.stop()
    expect(code).toBe('ssh.stalled')
  })
})
