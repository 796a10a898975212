import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '#lib/core/testing/random'
import { findLocalFile } from '#lib/engine/local-file'
import { createRunnerPool } from '#lib/runner/pool'
import { testLimits, useFiles } from './testing/run.ts'

const registry = path.join(import.meta.dirname, 'testing/attacker.ts')
const files = useFiles(registry)
const { at, make } = files
const rows = `create table t (a); insert into t values ('row-canary'); create index i on t (a)`

const act = async (name: string, action: string, given: unknown = null, total_ms = 60_000) => {
  const config = { do: action, given }
  const { end } = await files.run(name, { capability: 'test' }, { config, limits: { total_ms } })
  return { end, answers: (end.value as { server: Record<string, string> } | null)?.server ?? {} }
}

/** Everything that changes the file, makes another, or leads out of it. */
const attacksOn = (other: string, made: string) => [
  `attach '${other}' as other`,
  `attach ':memory:' as m`,
  `attach '${made}' as made`,
  `attach 'file:${other}?mode=rw' as other`,
  `detach main`,
  `vacuum into '${made}'`,
  `vacuum main into '${made}'`,
  'vacuum',
  'insert into t values (1)',
  'insert or replace into t values (1)',
  'replace into t values (1)',
  'insert into t values (1) returning a',
  `with c as (select 1) insert into t select * from c`,
  'update t set a = 1',
  'update or ignore t set a = 1',
  'delete from t',
  'delete from t returning a',
  'with c as (select 1) delete from t',
  'create table made (a)',
  'create table made as select * from t',
  'create table if not exists made (a)',
  'create index made on t (a)',
  'create unique index made on t (a)',
  'create view made as select 1',
  'create trigger made after insert on t begin select 1; end',
  'create virtual table made using fts5(a)',
  'create virtual table made using rtree(i, a, b)',
  'create virtual table made using dbstat',
  'drop table t',
  'drop table if exists t',
  'drop index i',
  'alter table t rename to u',
  'alter table t add b',
  'alter table t drop column a',
  'reindex',
  'reindex i',
  'analyze',
  'analyze t',
  `update sqlite_schema set sql = 'x'`,
  `insert into sqlite_schema values ('table', 'made', 'made', 0, 'create table made (a)')`,
  'delete from sqlite_schema',
  'delete from sqlite_sequence',
  'begin immediate; insert into t values (1); commit',
  'begin exclusive',
  'savepoint a; insert into t values (1); release a',
  'end; insert into t values (1)',
  'select 1; insert into t values (1)',
  '/* select */ insert into t values (1)',
  '-- select\ninsert into t values (1)',
  'explain insert into t values (1); insert into t values (1)',
  'pragma query_only = off; insert into t values (1)',
  'pragma query_only(0); delete from t',
  'pragma writable_schema = on; delete from sqlite_schema',
  'pragma writable_schema = reset',
  'pragma trusted_schema = on; insert into t values (1)',
  'pragma journal_mode = wal',
  'pragma journal_mode = delete; insert into t values (1)',
  'pragma locking_mode = exclusive; insert into t values (1)',
  'pragma wal_checkpoint(truncate)',
  'pragma user_version = 9',
  'pragma application_id = 9',
  'pragma encoding = "UTF-16"; insert into t values (1)',
  'pragma auto_vacuum = full; vacuum',
  'pragma page_size = 8192; vacuum',
  'pragma incremental_vacuum',
  'pragma optimize',
  'pragma temp_store_directory = "/tmp"; create temp table x as select * from t',
  'pragma data_store_directory = "/tmp"',
  'pragma foreign_keys = on; delete from t',
  'pragma secure_delete = on; delete from t',
  `select load_extension('/tmp/evil.so')`,
  `select load_extension('/tmp/evil.so', 'init')`,
  `select writefile('${made}', 'x')`,
  `select readfile('${other}')`,
  `select edit('x', 'sh')`,
  `select fts3_tokenizer('simple', x'0000000000000000')`,
  `update sqlite_dbpage set data = zeroblob(4096)`,
]

describe('statements of people', () => {
  const untouched = (before: Map<string, Buffer>) => {
    for (const name of readdirSync(files.folder)) expect([name, before.has(name)]).toEqual([name, true])
    for (const [name, bytes] of before) expect(readFileSync(at(name)).equals(bytes), name).toBe(true)
  }
  it('write nothing, make nothing and reach no other file, also where nobody is asked what is allowed', async () => {
    make('written.db', rows)
    make('neighbour.db', `create table secret (a); insert into secret values ('canary')`)
    const attacks = attacksOn(at('neighbour.db'), at('made.out'))
    const before = new Map(readdirSync(files.folder).map((name) => [name, readFileSync(at(name))]))
    expect(attacks.length).toBeGreaterThan(70)
    const { answers: guarded } = await act('written.db', 'queries', attacks)
    expect(Object.keys(guarded)).toHaveLength(attacks.length)
    expect(Object.entries(guarded).filter(([, answer]) => !answer.startsWith('refused'))).toEqual([])
    untouched(before)
    const { answers, end } = await act('written.db', 'unguarded', attacks)
    expect(end.error).toBeNull()
    expect(Object.keys(answers)).toHaveLength(attacks.length)
    untouched(before)
  })
})

describe('statements that reach beyond the catalog', () => {
  it('are refused, one and all, and leave nothing behind', async () => {
    make('victim.db', rows)
    const other = at('other.db')
    make('other.db', `create table secret (a); insert into secret values ('canary')`)
    const before = statSync(at('victim.db')).mtimeMs
    const { answers, end } = await act('victim.db', 'sql', [
      `attach '${other}' as other`,
      `attach ':memory:' as m`,
      `attach 'file:${other}?mode=ro' as other`,
      `vacuum into '${at('copy.db')}'`,
      'vacuum',
      `select load_extension('/tmp/evil.so')`,
      `select readfile('/etc/passwd')`,
      `select writefile('${at('written')}', 'x')`,
      `select fts3_tokenizer('simple', x'0000000000000000')`,
      'pragma writable_schema = on',
      'pragma trusted_schema = on',
      'pragma query_only = off',
      'pragma journal_mode = wal',
      'pragma temp_store_directory = "/tmp"',
      'pragma wal_checkpoint(truncate)',
      `create table made (a)`,
      `create temp table made (a)`,
      `create virtual table v using fts5(a)`,
      `insert into t values (1)`,
      `update sqlite_schema set sql = 'x'`,
      'delete from t',
      'drop table t',
      'reindex',
      'analyze',
      'begin immediate',
      'select a from t',
      'select * from dbstat',
      `select * from pragma_database_list`,
      `select randomblob(1000000000)`,
    ])
    expect(end.error).toBeNull()
    expect(Object.keys(answers)).toHaveLength(30)
    expect(Object.entries(answers).filter(([, answer]) => !answer.startsWith('refused: '))).toEqual([])
    expect(JSON.stringify(answers)).not.toContain('canary')
    for (const name of ['copy.db', 'written', 'victim.db-wal', 'victim.db-journal'])
      expect(existsSync(at(name))).toBe(false)
    expect(statSync(at('victim.db')).mtimeMs).toBe(before)
  })
})

it('the process has no network, no files, no programs, and cannot put a byte into a file', async () => {
  make('plain.db', rows)
  writeFileSync(at('secret.txt'), 'file-canary')
  const visits: unknown[] = []
  const server = createServer((socket) => void visits.push(socket.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  try {
    const { answers } = await act('plain.db', 'reach', { port, secret: at('secret.txt'), place: at('made.db') })
    const { environment, ...others } = answers
    expect(Object.entries(others).filter(([, answer]) => !answer.startsWith('refused: '))).toEqual([])
    expect(environment).toBe('did: ["HOME","NODE_ENV"]')
    expect(visits).toEqual([])
    expect(existsSync(at('made.db')) ? statSync(at('made.db')).size : 0).toBe(0)
  } finally {
    server.close()
  }
})

it('memory without end ends the process alone', async () => {
  const { end } = await act('plain.db', 'memory')
  expect(end.error?.code).toBe('upstream_failed')
  expect((await act('plain.db', 'sql', [])).end.error).toBeNull()
})

it('a question without end is ended with its process, at its deadline and when nobody wants it any more', async () => {
  expect((await act('plain.db', 'endless', null, 1_500)).end.error?.code).toBe('upstream_timeout')
  const cancel = new AbortController()
  setTimeout(() => cancel.abort(), 3_000)
  const config = { do: 'endless', given: null }
  const { end } = await files.run('plain.db', { capability: 'test' }, { config, signal: cancel.signal })
  expect(end.error?.code).toBe('cancelled')
  await expect.poll(() => files.stats().busy).toBe(0)
})

it('each job has a process of its own, which is gone after it', async () => {
  await Promise.all([act('plain.db', 'sql', []), act('plain.db', 'sql', []), act('plain.db', 'sql', [])])
  await expect.poll(() => files.stats().busy).toBe(0)
})

describe('a file that is not the one that was looked at', () => {
  const limits = testLimits
  /** Runs with what was found before something happened to the file. */
  const runAfter = async (name: string, meanwhile: () => void) => {
    const found = await findLocalFile(name)
    meanwhile()
    const policy = { allow_loopback: false, allow_private: false, allow: [], deny: [], own: [] }
    const pool = createRunnerPool({ max: 1, policy, log: () => {} })
    const file = { engine: 'sqlite' as const, found }
    const job = pool.run(
      { connector: 'sqlite', config: { path: name }, credential: null, job: { capability: 'test' }, limits, file },
      { signal: new AbortController().signal },
    )
    for await (const _ of job);
    const { value } = await job.end
    await pool.stop()
    return (value as { cause: { code: string } | null }).cause?.code
  }
  it('is noticed before a byte of it is read', async () => {
    make('mine.db', rows)
    make('theirs.db', rows)
    expect(await runAfter('mine.db', () => renameSync(at('theirs.db'), at('mine.db')))).toBe('file.changed')
    const outside = path.join('/tmp', `jackfield-outside-${process.pid}.db`)
    new DatabaseSync(outside).exec(rows)
    const lead = () => {
      rmSync(at('mine.db'))
      symlinkSync(outside, at('mine.db'))
    }
    expect(await runAfter('mine.db', lead)).toBe('file.changed')
    rmSync(outside)
  })
})

describe('files made to do harm', () => {
  const foundOf = async (names: string[]) =>
    (await Promise.all(names.map((name) => findLocalFile(name)))).map((file) => ({ file }))
  const base = () => {
    make(
      'base.db',
      `create table customers (id integer primary key, name text check (length(name) > 0), email text unique);
       create table orders (id integer primary key, customer references customers, note text); create index o on orders (note);
       create view v as select * from orders; create virtual table f using fts5(body); create virtual table r using rtree(i, a, b);
       with recursive n(i) as (select 1 union all select i + 1 from n where i < 200)
         insert into customers select i, hex(randomblob(40)), i from n; insert into f values ('words'); analyze`,
    )
    return at('base.db')
  }
  it('a thousand flipped bits and headers end in a pass or a sentence, and never in a crash', async () => {
    const whole = readFileSync(base())
    const next = seededRandom(7)
    const names = Array.from({ length: 1_000 }, (_, round) => {
      const bytes = Buffer.from(whole)
      // Half of them in the header and the schema, where everything is decided.
      const span = round % 2 === 0 ? 4_096 : bytes.length
      for (let flips = 1 + Math.floor(next() * 4); flips > 0; flips--) {
        const place = Math.floor(next() * (round % 8 === 0 ? 100 : span))
        bytes[place] = (bytes[place] ?? 0) ^ (1 << Math.floor(next() * 8))
      }
      const name = `flipped-${round}.db`
      writeFileSync(at(name), round % 10 === 9 ? bytes.subarray(0, Math.floor(next() * bytes.length)) : bytes)
      return name
    })
    const { end, answers } = await act('base.db', 'many', await foundOf(names), 120_000)
    expect(end.error).toBeNull()
    expect(Object.keys(answers).filter((code) => !/^(passed|(database|file)\.\w+)$/.test(code))).toEqual([])
    expect(Object.values(answers).reduce((sum, count) => sum + Number(count), 0)).toBe(1_000)
    expect(Number(answers['database.corrupt'])).toBeGreaterThan(100)
  })
  it('definitions that would never end, or call what is not allowed, are read and not run', async () => {
    make(
      'bombs.db',
      `create table t (a default (load_extension('/tmp/evil.so')), b as (a || 'x'));
       create view forever as with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as c from n;
       create view deep as select ${'('.repeat(80)}1${')'.repeat(80)} as one;
       create view wide as select ${Array.from({ length: 1_900 }, (_, index) => `${index} as c${index}`).join()};
       create trigger g after insert on t begin select load_extension('/tmp/evil.so'); end`,
    )
    const { answers } = await act('base.db', 'many', await foundOf(['bombs.db']))
    expect(answers).toEqual({ passed: 1 })
  })
  it('a schema rewritten by hand is damage', async () => {
    for (const [name, sql] of Object.entries({
      'garbage.db': 'not sql at all',
      'double.db': 'CREATE TABLE t (a, a)',
      'other.db': 'CREATE TABLE elsewhere (a)',
    })) {
      const db = new DatabaseSync(at(make(name.replace('.db', '-schema.db'), rows)), { defensive: false })
      db.exec(`pragma writable_schema = on; update sqlite_schema set sql = '${sql}' where name = 't'`)
      db.close()
    }
    const found = await foundOf(['garbage-schema.db', 'double-schema.db', 'other-schema.db'])
    const { answers, end } = await act('base.db', 'many', found)
    expect(end.error).toBeNull()
    expect(answers['database.corrupt']).toBeGreaterThanOrEqual(2)
  })
})
