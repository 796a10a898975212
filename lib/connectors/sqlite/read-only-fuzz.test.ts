import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { seededRandom } from '#lib/core/testing/random'
import { randomStatement } from './testing/random-statements.ts'
import { useFiles } from './testing/run.ts'

const count = process.env.ASSURE === '1' ? 20_000 : 300
const seed = Number(process.env.FUZZ_SEED ?? 3)
const perRound = 100
const files = useFiles(path.join(import.meta.dirname, 'testing/attacker.ts'))
const { at, make } = files
const rows = `create table t (a); insert into t values ('row-canary'), (2); create index i on t (a); create view v as select a from t;
  create virtual table words using fts5(body); insert into words values ('hello world'); create virtual table boxes using rtree(id, x, y);
  insert into boxes values (1, 2, 3); create table numbered (id integer primary key autoincrement); insert into numbered values (4);
  create trigger counts after insert on numbered begin delete from t; end; analyze`

/** What the driver lets pass is run once more where everything is allowed: it still changes nothing. */
it(`${count} statements made at random write nothing, in the driver and where nobody is asked`, {
  timeout: 1_800_000,
}, async () => {
  make('asked.db', rows)
  make('neighbour.db', `create table secret (a); insert into secret values ('neighbour-canary')`)
  make('free.db', rows)
  const before = new Map(readdirSync(files.folder).map((name) => [name, readFileSync(at(name))]))
  const random = seededRandom(seed)
  const act = async (action: string, given: string[]) => {
    const config = { do: action, given }
    const { end } = await files.run('asked.db', { capability: 'test' }, { config, limits: { total_ms: 120_000 } })
    expect(end.error).toBeNull()
    return (end.value as { server: Record<string, string> }).server
  }
  const seen = { passed: 0, refused: 0, ranFreely: 0 }
  for (let number = 0; number < count; number += perRound) {
    const paths = { other: at('neighbour.db'), made: at('made.out') }
    const given = [...new Set(Array.from({ length: perRound }, () => randomStatement(random, paths)))]
    const answers = await act('queries', given)
    expect(JSON.stringify(answers)).not.toContain('neighbour-canary')
    await act('unguarded', given)
    const passed = given.filter((sql) => answers[sql]?.startsWith('did'))
    seen.passed += passed.length
    seen.refused += given.length - passed.length
    const free = new DatabaseSync(at('free.db'))
    for (const sql of passed) {
      try {
        free.prepare(sql).all()
        seen.ranFreely += 1
      } catch {}
      expect({ sql, changes: free.prepare('select total_changes() as n').get()?.n }).toEqual({ sql, changes: 0 })
    }
    free.close()
    for (const name of readdirSync(files.folder)) expect([given, name, before.has(name)]).toEqual([given, name, true])
    for (const [name, bytes] of before)
      expect([given, name, readFileSync(at(name)).equals(bytes)]).toEqual([given, name, true])
  }
  // Statements that nobody would let pass, or that nothing is wrong with, prove nothing.
  for (const [kind, share] of Object.entries(seen)) expect([kind, share > count / 20]).toEqual([kind, true])
})
