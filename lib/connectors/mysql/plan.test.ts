import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestOf } from '../_sql/testing/run.ts'
import { type PlanNode, planLine } from '../contract.ts'
import { readAnalyzed, readPlan } from './plan.ts'
import { query } from './query.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { runQuery, targetOf } from './testing/run.ts'

const flat = (node: PlanNode): PlanNode[] => [node, ...node.children.flatMap(flat)]

describe.skipIf(!hasMariaDb)('a plan of MariaDB', () => {
  let server: MariaDb
  beforeAll(async () => {
    server = await startMariaDb()
    await server.run(
      'CREATE DATABASE shop',
      'USE shop',
      'CREATE TABLE t (a int PRIMARY KEY, b int, KEY (b))',
      'INSERT INTO t SELECT seq, seq % 7 FROM seq_1_to_500',
      'CREATE VIEW wide AS SELECT t.a FROM t, t u, t v',
      "CREATE USER viewer IDENTIFIED BY 'viewer-Pa55'",
      'GRANT SELECT ON shop.wide TO viewer',
    )
  }, 60_000)
  afterAll(() => server?.stop())
  const at = () => ({ config: { port: server.port, database: 'shop' }, credential: server.admin, parting_ms: 800 })
  const explain = async (sql: string, kind: 'estimated' | 'analyzed', parameters: string[] = []) => {
    const parts: Uint8Array[] = []
    for await (const bytes of query(targetOf(at()), requestOf(sql, { explain: kind, parameters }))) parts.push(bytes)
    const [first = '', last = ''] = Buffer.concat(parts).toString().trim().split('\n')
    return { ...planLine.parse(JSON.parse(first)), last: JSON.parse(last) }
  }
  const sql = 'SELECT t.b, count(*) FROM t JOIN t u ON t.a = u.b WHERE t.a > ? GROUP BY t.b ORDER BY 2'

  it('is a tree of steps with tables, rows and conditions', async () => {
    const { plan, text, last } = await explain(sql, 'estimated', ['0'])
    const steps = flat(plan)
    expect(steps.map(({ operation }) => operation)).toContain('nested loop')
    expect(
      steps
        .filter(({ object }) => object !== null)
        .map(({ object }) => object)
        .sort(),
    ).toEqual(['t', 'u'])
    expect(steps.find(({ object }) => object === 'u')).toMatchObject({ operation: 'table index', rows_actual: null })
    expect(steps.find(({ operation }) => operation === 'filesort')?.details).toEqual({ sort_key: 'count(0)' })
    expect(JSON.parse(text)).toHaveProperty('query_block')
    expect(last).toMatchObject({ done: { rows: 0, command: 'EXPLAIN' } })
  })
  it('analysed, says what really happened', async () => {
    const steps = flat((await explain(sql, 'analyzed', ['0'])).plan)
    expect(steps.find(({ object }) => object === 'u')).toMatchObject({ rows_actual: 500, loops: 1 })
    expect(steps[0]?.duration_ms).toBeGreaterThan(0)
  })
  it('is refused of what is no question, and by the server in its own words', async () => {
    await expect(explain('SHOW TABLES', 'estimated')).rejects.toMatchObject({ code: 'unprocessable' })
    await expect(explain('DELETE FROM t', 'analyzed')).rejects.toMatchObject({ code: 'unprocessable' })
    const { last } = await runQuery(at(), 'SELECT * FROM nowhere', { max_cost: 1 })
    expect(last).toMatchObject({ failed: { code: '42S02' } })
  })
  it('keeps statements from running that are dearer than the source allows', async () => {
    const dear = 'SELECT count(*) FROM t, t u, t v'
    await expect(runQuery(at(), dear, { max_cost: 1_000 })).rejects.toMatchObject({
      message: expect.stringMatching(/^The planner expects a cost of \d+, and this source allows 1000\./),
    })
    // What has several parts the server does not sum up.
    for (const hidden of [
      `${dear} UNION SELECT 1`,
      `(${dear}) UNION ALL (${dear})`,
      `SELECT * FROM (${dear}) x`,
      `SELECT (${dear})`,
      `SELECT b FROM t WHERE b > (${dear})`,
      `WITH x AS (${dear}) SELECT * FROM x`,
      `SELECT 1 WHERE 1 IN (${dear})`,
      `VALUES ((${dear}))`,
    ])
      await expect(runQuery(at(), hidden, { max_cost: 1_000 }), hidden).rejects.toMatchObject({
        message: expect.stringMatching(/^The planner expects a cost/),
      })
    for (const cheap of [
      'SELECT a FROM t WHERE a < 3 UNION SELECT 9 ORDER BY 1',
      'SELECT * FROM (SELECT b FROM t LIMIT 1) x',
      'SELECT (SELECT max(a) FROM t), t.b FROM t JOIN t u ON t.a = u.a LIMIT 1',
    ])
      expect((await runQuery(at(), cheap, { max_cost: 1_000 })).last, cheap).toHaveProperty('done')
    expect((await runQuery(at(), 'SELECT b FROM t WHERE a = 1', { max_cost: 1_000 })).rows).toEqual([[1]])
    expect((await runQuery(at(), 'SHOW TABLES', { max_cost: 1_000 })).rows).toEqual([['t'], ['wide']])
    for (const sql of [
      `EXPLAIN ANALYZE ${dear}`,
      `DESC ANALYZE ${dear}`,
      `/* x */ explain format=tree analyze ${dear}`,
    ])
      await expect(runQuery(at(), sql, { max_cost: 1_000 })).rejects.toMatchObject({
        message: expect.stringMatching(/^This source has a limit of cost/),
      })
  })
  it('runs nothing of which the server tells no cost, for it may be a view over anything', async () => {
    const viewer = { ...at(), credential: { username: 'viewer', password: 'viewer-Pa55' } }
    expect((await runQuery(viewer, 'SELECT a FROM wide LIMIT 1')).rows).toHaveLength(1)
    await expect(runQuery(viewer, 'SELECT count(*) FROM wide', { max_cost: 1_000 })).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('SHOW VIEW'),
    })
    const { last } = await runQuery(viewer, 'SELECT nonsense', { max_cost: 1_000 })
    expect(last).toMatchObject({ failed: { code: '42S22' } })
    expect((await runQuery(viewer, 'SELECT 1 frm x y', { max_cost: 1_000 })).last).toMatchObject({
      failed: { code: '42000', position: 13 },
    })
  })
})

// As MySQL's manual shows them; there is no MySQL 8 here to ask.
describe('a plan of MySQL', () => {
  it('has costs', () => {
    const table = {
      table_name: 't',
      access_type: 'ALL',
      rows_examined_per_scan: 9,
      rows_produced_per_join: 3,
      cost_info: { read_cost: '0.25', prefix_cost: '1.15' },
      used_columns: ['a', 'b'],
      attached_condition: '(a > 1)',
    }
    const plan = readPlan(
      JSON.stringify({
        query_block: {
          select_id: 1,
          cost_info: { query_cost: '1.15' },
          ordering_operation: { using_filesort: true, table },
        },
      }),
    )
    expect(plan).toMatchObject({ operation: 'query block', cost: 1.15 })
    expect(flat(plan).at(-1)).toMatchObject({
      operation: 'table ALL',
      object: 't',
      cost: 1.15,
      rows_estimated: 3,
      details: { used_columns: 'a, b', read_cost: '0.25' },
    })
  })
  it('analysed, is a text', () => {
    const plan = readAnalyzed(`-> Nested loop inner join  (cost=4.95 rows=9) (actual time=0.153..0.200 rows=8 loops=1)
    -> Filter: (t2.c1 > 2)  (cost=0.75 rows=3) (actual time=0.019..0.021 rows=1.5 loops=2)
        -> Table scan on t2  (cost=0.75 rows=3) (actual time=0.005..0.010 rows=5 loops=1)
    -> Hash (never executed)`)
    expect(plan).toMatchObject({
      operation: 'Nested loop inner join',
      cost: 4.95,
      rows_estimated: 9,
      rows_actual: 8,
      duration_ms: 0.2,
    })
    expect(plan.children[0]).toMatchObject({ rows_actual: 3, loops: 2, duration_ms: 0.042 })
    expect(plan.children[0]?.children[0]).toMatchObject({ object: 't2', rows_actual: 5 })
    expect(plan.children[1]).toMatchObject({ operation: 'Hash', rows_actual: null })
  })
})
