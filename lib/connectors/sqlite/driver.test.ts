import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { useFiles } from './testing/run.ts'

const files = useFiles()
const { make, test, at } = files
const shop = `create table customers (id integer primary key, name text); create view names as select name from customers;
  insert into customers (name) values ('Ada'), ('Grace'); create index customers_name on customers (name)`

describe('testing a connection to a file', () => {
  it('passes every stage with an ordinary one', async () => {
    const outcome = await test(make('shop.db', shop))
    expect(outcome).toMatchObject({ success: true, driver: 'sqlite', cause: null, server: { encoding: 'UTF-8' } })
    expect(outcome.stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'open passed',
      'database passed',
      'schema passed',
      'grants passed',
    ])
    expect(outcome.stages.at(2)).toMatchObject({ sentence: '1 table and 1 view.', evidence: { indexes: 1 } })
    expect(outcome.latency_ms).toBeGreaterThan(0)
  })
  it('takes the whole path as well, and names that need quoting', async () => {
    make(`o'dd #1?%20 ünï*.db`, shop)
    expect((await test(at(`o'dd #1?%20 ünï*.db`))).success).toBe(true)
    expect((await test(`./o'dd #1?%20 ünï*.db`)).success).toBe(true)
  })
  it('warns of one without tables', async () => {
    const { stages, success } = await test(make('bare.db', 'pragma user_version = 7'))
    expect(success).toBe(true)
    expect(stages.at(2)).toMatchObject({ name: 'schema', status: 'warning' })
  })
  it('never makes a file where there is none', async () => {
    const before = readdirSync(files.folder)
    expect((await test('no-such-file.db')).cause).toMatchObject({
      code: 'file.not_found',
      stage: 'open',
      field: '/config/path',
    })
    expect(readdirSync(files.folder)).toEqual(before)
  })
})

describe('a file that is no plain database', () => {
  const write = (name: string, bytes: Buffer | string): string => {
    writeFileSync(at(name), bytes)
    return name
  }
  const headOf = (length: number): Buffer => readFileSync(at('shop.db')).subarray(0, length)
  const changed = (place: number, value: number): Buffer => {
    const bytes = readFileSync(at('shop.db'))
    bytes[place] = value
    return bytes
  }
  const noise = (): Buffer =>
    Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 167 + (index >> 3) * 91 + 13) & 0xff))
  it.each([
    ['empty', () => '', 'database.empty'],
    ['of another kind', () => 'PK\x03\x04 and so on', 'database.not_sqlite'],
    ['a text', () => 'id,name\n1,Ada\n', 'database.not_sqlite'],
    ['encrypted', noise, 'database.encrypted'],
    ['cut off in its header', () => headOf(60), 'database.corrupt'],
    ['cut off after its header', () => headOf(100), 'database.corrupt'],
    ['of an impossible page size', () => changed(17, 3), 'database.corrupt'],
    ['of a newer format', () => changed(19, 9), 'database.newer'],
    ['damaged inside', () => readFileSync(at('shop.db')).fill(0xff, 4096, 8192), 'database.corrupt'],
  ] satisfies [string, () => Buffer | string, string][])('%s', async (name, content, code) => {
    const { cause, stages } = await test(write(`${name}.db`, content()))
    expect(cause).toMatchObject({ code, stage: 'database', field: '/config/path' })
    expect(cause?.sentence).toMatch(/^[A-Z“].*\.$/s)
    expect(stages.at(-1)).toMatchObject({ name: 'database', status: 'failed' })
  })
})

describe('a file that others use', () => {
  const names = (start: string) =>
    readdirSync(files.folder)
      .filter((name) => name.startsWith(start))
      .sort()
  const openWal = (name: string) => {
    const db = new DatabaseSync(at(name))
    db.exec(`pragma journal_mode = wal; pragma wal_autocheckpoint = 0; ${shop}`)
    return db
  }
  it('is read with what stands in its log, and nothing is written beside it', async () => {
    const writer = openWal('wal.db')
    const before = names('wal.db').map((name) => [name, readFileSync(at(name))])
    const { success, stages } = await test('wal.db')
    expect(success).toBe(true)
    expect(stages.at(2)).toMatchObject({ sentence: '1 table and 1 view.' })
    for (const [name, bytes] of before)
      if (!String(name).endsWith('-shm')) expect(readFileSync(at(String(name)))).toEqual(bytes)
    writer.close()
    expect(names('wal.db')).toEqual(['wal.db'])
    expect((await test('wal.db')).server).toMatchObject({ journal_mode: 'wal' })
    expect(names('wal.db')).toEqual(['wal.db'])
  })
  it('left behind by a crash is read through its log; without the index of the log it says so', async () => {
    const writer = openWal('live.db')
    for (const ending of ['', '-wal', '-shm']) copyFileSync(at(`live.db${ending}`), at(`left.db${ending}`))
    writer.close()
    expect((await test('left.db')).stages.at(2)).toMatchObject({ sentence: '1 table and 1 view.' })
    rmSync(at('left.db-shm'))
    const { cause } = await test('left.db')
    expect(cause).toMatchObject({ code: 'database.wal_without_shm', fix: { kind: 'shell' } })
    expect(names('left.db')).toEqual(['left.db', 'left.db-wal'])
  })
  it('is waited for while locked, then said so', async () => {
    make('locked.db', shop)
    const release = await lockElsewhere(at('locked.db'))
    expect((await test('locked.db')).code).toBe('database.locked')
    await release()
    expect((await test('locked.db')).success).toBe(true)
  })
  it('with a journal to roll back is left alone', async () => {
    make('hot.db', shop)
    const writer = new DatabaseSync(at('hot.db'))
    writer.exec('pragma cache_size = 1; pragma cache_spill = 1; begin immediate')
    writer.exec(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000) insert into customers (name) select hex(randomblob(200)) from n`,
    )
    for (const ending of ['', '-journal']) copyFileSync(at(`hot.db${ending}`), at(`copy.db${ending}`))
    writer.exec('rollback')
    writer.close()
    expect((await test('copy.db')).code).toBe('database.hot_journal')
    expect(names('copy.db')).toEqual(['copy.db', 'copy.db-journal'])
  })
})

/** Another process that holds the file; locks of this one would end with any look at it. */
const lockElsewhere = async (file: string): Promise<() => Promise<void>> => {
  const program = `const db = new (require('node:sqlite').DatabaseSync)(process.argv[1])
    db.exec('begin exclusive'); console.log('held'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['-e', program, file], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout, 'data')
  return async () => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}
