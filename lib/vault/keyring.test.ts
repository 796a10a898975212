import { execFile } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprint } from './fingerprint.ts'
import { KeyProblem } from './key-problem.ts'
import { createKeyring, loadOrCreateKey, loadOrCreateKeyring } from './keyring.ts'
import { badKeys } from './testing/bad-keys.ts'

const run = promisify(execFile)
let home = ''
let keys = ''
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'jackfield-keys-'))
  keys = path.join(home, 'keys')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const mode = (file: string) => statSync(file).mode & 0o777
const problemOf = async (work: () => Promise<unknown>): Promise<KeyProblem> => {
  const error = await work().then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (error instanceof KeyProblem) return error
  throw new Error(`expected a refusal, got ${String(error)}`)
}
const load = () => loadOrCreateKeyring(keys, undefined)

describe('the key file', () => {
  it('is made on an empty disk for its owner only, and is the same at the next start', async () => {
    const first = await load()
    expect(first?.created).toBe(true)
    expect([mode(keys), mode(path.join(keys, 'encryption.json'))]).toEqual([0o700, 0o600])
    const second = await load()
    expect(second?.created).toBe(false)
    expect(second?.primary.id).toBe(first?.primary.id)
    expect(readdirSync(keys)).toEqual(['encryption.json'])
  })

  it('is one, not two, when two processes start at once on an empty disk', async () => {
    for (let round = 0; round < 25; round++) {
      const folder = path.join(home, `race-${round}`)
      const start = String(Date.now() + 250)
      const script = path.join(import.meta.dirname, 'testing/make-key.ts')
      const answers = await Promise.all([1, 2].map(() => run(process.execPath, [script, folder, start])))
      const made = answers.map(({ stdout }) => JSON.parse(stdout) as { id: string; created: boolean })
      expect(new Set(made.map(({ id }) => id)).size).toBe(1)
      expect(made.filter(({ created }) => created)).toHaveLength(1)
      expect(readdirSync(folder)).toEqual(['encryption.json'])
    }
  })

  it('is not replaced when it is lost while secrets are stored', async () => {
    expect(await loadOrCreateKeyring(keys, undefined, { mayCreate: false })).toBeUndefined()
    expect(() => readdirSync(keys)).toThrow()
  })

  it('is made anew only on an explicit word, and never over another', async () => {
    const id = await createKeyring(keys)
    expect((await load())?.primary.id).toBe(id)
    expect((await problemOf(() => createKeyring(keys))).kind).toBe('refused')
  })

  it.each([0o644, 0o640, 0o604, 0o660])('is refused with mode %o', async (bad) => {
    await load()
    chmodSync(path.join(keys, 'encryption.json'), bad)
    const problem = await problemOf(load)
    expect(problem.kind).toBe('refused')
    expect(problem.message).toContain('chmod 600')
  })

  it('is refused in a folder others can enter', async () => {
    await load()
    chmodSync(keys, 0o755)
    expect((await problemOf(load)).message).toContain('chmod 700')
  })

  it.runIf(process.geteuid?.() === 0)('is refused if another user owns it', async () => {
    await load()
    chownSync(path.join(keys, 'encryption.json'), 12_345, 12_345)
    expect((await problemOf(load)).message).toContain('another user')
  })

  it('is refused as a symbolic link', async () => {
    await load()
    const real = path.join(home, 'real.json')
    writeFileSync(real, readFileSync(path.join(keys, 'encryption.json')), { mode: 0o600 })
    rmSync(path.join(keys, 'encryption.json'))
    symlinkSync(real, path.join(keys, 'encryption.json'))
    expect((await problemOf(load)).message).toContain('symbolic link')
  })

  it.each(['backup.dump', 'jackfield.sql', 'jackfield.sql.gz', 'toc.dat'])('is refused beside %s', async (name) => {
    await load()
    writeFileSync(path.join(keys, name), '')
    expect((await problemOf(load)).message).toContain('Keep keys and dumps apart')
  })

  it('is never made beside a dump or inside a database folder', async () => {
    mkdirSync(keys, { mode: 0o700 })
    writeFileSync(path.join(keys, 'old.backup'), '')
    await problemOf(load)
    expect(readdirSync(keys)).toEqual(['old.backup'])
    writeFileSync(path.join(home, 'PG_VERSION'), '18')
    keys = path.join(home, 'deeper/keys')
    expect((await problemOf(load)).message).toContain('inside the database folder')
  })

  it.each([
    ['empty', ''],
    ['cut', '{"format":1,"keys":[{"id":"kek_'],
    ['not ours', '{"hello":1}'],
    ['of a later format', '{"format":2,"keys":[]}'],
  ])('is called damaged when it is %s, and left as it is', async (_, text) => {
    mkdirSync(keys, { mode: 0o700 })
    writeFileSync(path.join(keys, 'encryption.json'), text, { mode: 0o600 })
    expect((await problemOf(load)).kind).toBe('damaged')
    expect(readFileSync(path.join(keys, 'encryption.json'), 'utf8')).toBe(text)
  })

  it('is called damaged when a key does not match its id', async () => {
    await load()
    const file = path.join(keys, 'encryption.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/kek_\w{4}/, 'kek_0000'), { mode: 0o600 })
    expect((await problemOf(load)).kind).toBe('damaged')
  })
})

describe('keys from the environment', () => {
  const good = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')

  it('seal with the first and open with all, and no file is made', async () => {
    const [first, second] = [good(), good()]
    const [one, both] = [await loadOrCreateKeyring(keys, first), await loadOrCreateKeyring(keys, `${second}, ${first}`)]
    expect(both?.source).toBe('env')
    expect(both?.ids).toHaveLength(2)
    expect(both?.primary.id).not.toBe(one?.primary.id)
    expect(both?.find(one?.primary.id ?? '')).toBeDefined()
    expect(() => readdirSync(keys)).toThrow()
  })

  it.each(badKeys)('are refused: %s', async (_, bad) => {
    const problem = await problemOf(() => loadOrCreateKeyring(keys, bad))
    expect(problem.kind).toBe('refused')
    expect(problem.message).toMatch(/^JACKFIELD_ENCRYPTION_KEY .+\. Make one with: openssl rand -base64 32$/)
    expect(problem.message).not.toContain(bad)
  })

  it('are taken 10,000 times out of 10,000 when they are random', async () => {
    for (let i = 0; i < 10_000; i++) await loadOrCreateKeyring(keys, good())
  })

  it('cannot be printed', async () => {
    const text = good()
    const ring = await loadOrCreateKeyring(keys, text)
    const { inspect } = await import('node:util')
    const printed = inspect(ring, { depth: 9, showHidden: true }) + JSON.stringify(ring)
    expect(printed).not.toContain(text)
    expect(printed).not.toContain(Buffer.from(text, 'base64').toString('hex'))
  })
})

describe('audit and session keys', () => {
  it('are kept the same way', async () => {
    const file = path.join(keys, 'audit.key')
    const first = await loadOrCreateKey(file)
    expect(first).toHaveLength(32)
    expect(mode(file)).toBe(0o600)
    expect(await loadOrCreateKey(file)).toEqual(first)
    chmodSync(file, 0o644)
    await problemOf(() => loadOrCreateKey(file))
  })
})

describe('a fingerprint', () => {
  it('is equal for the same secret of one credential only', async () => {
    const ring = await load()
    if (!ring) throw new Error('no ring')
    const of = (password: string, workspaceId: string, credentialId: string) =>
      fingerprint({ password }, { workspaceId, credentialId }, ring.primary)
    expect(of('a', 'ws_1', 'cred_1')).toBe(of('a', 'ws_1', 'cred_1'))
    const different = [
      of('a', 'ws_1', 'cred_1'),
      of('b', 'ws_1', 'cred_1'),
      of('a', 'ws_1', 'cred_2'),
      of('a', 'ws_2', 'cred_1'),
    ]
    expect(new Set(different).size).toBe(4)
  })
})
