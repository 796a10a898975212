import { spawn, spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resetEnv } from '#lib/config/env'
import { findLocalFile } from './local-file.ts'

const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'jackfield-local-file-')))
const [home, data] = [path.join(root, 'home'), path.join(root, 'data')]
const at = (name: string) => path.join(data, name)
const allow = (folders: string) => {
  Object.assign(process.env, { JACKFIELD_HOME: home, JACKFIELD_FILE_DIRS: folders })
  resetEnv()
}
const find = async (wanted: string) => {
  const found = await findLocalFile(wanted)
  return 'problem' in found ? found.problem : found.path
}

beforeAll(() => {
  for (const folder of [path.join(home, 'keys'), path.join(home, 'files'), path.join(data, 'sub')])
    mkdirSync(folder, { recursive: true })
  for (const file of [at('a.db'), at('sub/b.db'), path.join(home, 'files/mine.db')]) writeFileSync(file, 'bytes')
  for (const file of [path.join(home, 'keys/audit.key'), path.join(root, 'outside.db')]) writeFileSync(file, 'canary')
  symlinkSync(path.join(root, 'outside.db'), at('link.db'))
  symlinkSync(root, at('up'))
  symlinkSync('/proc/self', at('proc'))
  linkSync(path.join(root, 'outside.db'), at('hard.db'))
  for (const name of ['pipe.db', 'waits.db-wal']) spawnSync('mkfifo', [at(name)])
  for (const name of ['waits.db', 'leads.db']) writeFileSync(at(name), 'bytes')
  symlinkSync(path.join(root, 'outside.db'), at('leads.db-journal'))
  allow(data)
})
afterAll(() => {
  for (const name of ['JACKFIELD_HOME', 'JACKFIELD_FILE_DIRS']) delete process.env[name]
  resetEnv()
  rmSync(root, { recursive: true, force: true })
})

it('finds ordinary files in the allowed folders, by either kind of path, and says what they are', async () => {
  expect(await find('a.db')).toBe(at('a.db'))
  expect(await find('./sub//b.db')).toBe(at('sub/b.db'))
  expect(await find(at('sub/b.db'))).toBe(at('sub/b.db'))
  expect(await find('mine.db')).toBe(path.join(home, 'files/mine.db'))
  const { ino, size } = statSync(at('a.db'))
  expect(await findLocalFile('a.db')).toMatchObject({
    inode: String(ino),
    size_bytes: size,
    head: 'Ynl0ZXM=',
    beside: {},
  })
})

describe('a path that leads out of them is refused', () => {
  it.each([
    ['../outside.db', 'outside'],
    ['sub/../../outside.db', 'outside'],
    ['/etc/passwd', 'outside'],
    ['/proc/self/environ', 'outside'],
    ['/dev/zero', 'outside'],
    ['a.db\0.txt', 'outside'],
    ['', 'outside'],
    ['.', 'outside'],
    ['file:a.db', 'not_found'],
    ['link.db', 'link'],
    ['up/outside.db', 'link'],
    ['up/data/a.db', 'link'],
    ['proc/environ', 'link'],
    ['hard.db', 'hard_link'],
    ['sub', 'not_a_file'],
    ['pipe.db', 'not_a_file'],
    ['waits.db', 'beside'],
    ['leads.db', 'beside'],
    ['a.db/x', 'not_found'],
    ['nowhere.db', 'not_found'],
  ])('%j', async (wanted, problem) => expect(await find(wanted)).toBe(problem))
  it('and its prefix is not its folder', async () => {
    mkdirSync(`${data}-private`)
    writeFileSync(`${data}-private/x.db`, 'canary')
    expect(await find(`${data}-private/x.db`)).toBe('outside')
  })
})

describe('whatever the operator allows', () => {
  it("the product's own files are not read", async () => {
    for (const folders of ['/', root, home, path.join(home, 'keys')]) {
      allow(folders)
      expect(await find(path.join(home, 'keys/audit.key'))).toBe('own_file')
    }
    allow(data)
  })
  it("neither are the system's, and devices never", async () => {
    allow('/')
    for (const wanted of ['/proc/self/environ', '/proc/self/mem', '/dev/zero', '/dev/stdin', '/sys/kernel/notes'])
      expect(await find(wanted)).toMatch(/^(not_a_file|link)$/)
    allow('/proc/self,/dev')
    expect(await find('environ')).toBe('not_found')
    allow(data)
  })
  it('nothing is, where no folder is there', async () => {
    allow(path.join(root, 'not-there'))
    rmSync(path.join(home, 'files'), { recursive: true })
    expect(await find('a.db')).toBe('no_folder')
    allow(data)
  })
})

it('a link put in the place of a file or a folder while it is looked at is never followed', async () => {
  writeFileSync(path.join(root, 'secret.db'), 'canary')
  const secret = String(statSync(path.join(root, 'secret.db')).ino)
  mkdirSync(at('real'))
  for (const name of ['real/secret.db', 'real.db']) writeFileSync(at(name), 'bytes')
  symlinkSync(root, at('lead'))
  symlinkSync(path.join(root, 'secret.db'), at('lead.db'))
  // Each name is the real thing for a moment and a link for the next.
  const swap = `const { renameSync } = require('node:fs'); process.chdir(process.argv[1])
    for (;;) for (const [from, to] of [['real', 'now'], ['lead', 'now'], ['real.db', 'now.db'], ['lead.db', 'now.db']]) {
      renameSync(from, to); for (let wait = Math.random() * 20000; wait > 0; wait--); renameSync(to, from) }`
  const child = spawn(process.execPath, ['-e', swap, data], { stdio: 'ignore' })
  try {
    const seen = new Set<string>()
    for (let round = 0; round < 6_000; round++) {
      for (const wanted of ['now/secret.db', 'now.db']) {
        const found = await findLocalFile(wanted)
        seen.add('problem' in found ? found.problem : found.path)
        if (!('problem' in found)) expect(found.inode).not.toBe(secret)
      }
    }
    for (const outcome of ['link', 'not_found', at('now/secret.db'), at('now.db')]) expect([...seen]).toContain(outcome)
  } finally {
    child.kill('SIGKILL')
  }
})
