import { expect, test } from 'vitest'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import type { CountedSchema, NamedObject } from '#lib/data-sources/objects'
import { browseRows, type Opened, placesOf, type RelationList, relationKey, searchRows } from './tree-model.ts'
import { parseObjectKey } from './tree-objects.ts'

const schema = (name: string): CountedSchema => ({
  type: 'schema',
  name,
  comment: null,
  owner: null,
  relations: 2,
  usable: true,
})
const relation = (name: string, more: Partial<DiscoveredRelation> = {}): DiscoveredRelation => ({
  type: 'relation',
  schema: 'app',
  name,
  kind: 'table',
  comment: null,
  row_estimate: 1,
  ...more,
})
const ready = (...items: DiscoveredRelation[]): RelationList => ({ items, cursor: null, status: 'ready' })
const opened = (keys: string[] = [], tables: Opened['tables'] = {}, groups: Opened['groups'] = {}): Opened => ({
  ...{ keys: new Set(keys), tables, groups },
})
const keys = (rows: { key: string; level: number }[]) => rows.map(({ key, level }) => `${level} ${key}`)

test('only open schemas show what is inside', () => {
  const schemas = [schema('app'), schema('audit')]
  const lists = { app: ready(relation('a'), relation('b')) }
  expect(keys(browseRows(schemas, lists, opened()))).toEqual(['1 schema:app', '1 schema:audit'])
  expect(keys(browseRows(schemas, lists, opened(['schema:app'])))).toEqual([
    '1 schema:app',
    '2 app.a',
    '2 app.b',
    '1 schema:audit',
  ])
})

test('partitions stand under their table, and one without it is not lost', () => {
  const list = ready(
    relation('events', { kind: 'partitioned_table' }),
    relation('events_1', { kind: 'partition', partition_of: { schema: 'app', name: 'events' } }),
    relation('events_1_a', { kind: 'partition', partition_of: { schema: 'app', name: 'events_1' } }),
    relation('orphan_1', { kind: 'partition', partition_of: { schema: 'other', name: 'events' } }),
  )
  const rows = (open: string[]) => keys(browseRows([schema('app')], { app: list }, opened(open)))
  expect(rows(['schema:app'])).toEqual(['1 schema:app', '2 app.events', '2 app.orphan_1'])
  expect(rows(['schema:app', 'app.events'])).toEqual([
    '1 schema:app',
    '2 app.events',
    '3 note:{"table":"app.events"}',
    '3 app.events_1',
    '2 app.orphan_1',
  ])
  expect(rows(['schema:app', 'app.events', 'app.events_1'])).toContain('4 app.events_1_a')
})

test('an open table shows its columns, in the tree and in a search, and a partition its own', () => {
  const id = { name: 'id', type: 'bigint', nullable: false, comment: null, default: null }
  const parent = relation('events')
  const partition = relation('events_1', { partition_of: { schema: 'app', name: 'events' } })
  const tables = Object.fromEntries(
    [parent, partition].map((one) => [relationKey(one), { relation: { ...one, columns: [id] } }]),
  )
  const open = opened(['schema:app', 'app.events', 'app.events_1'], tables)
  expect(keys(browseRows([schema('app')], { app: ready(parent, partition) }, open))).toEqual([
    '1 schema:app',
    '2 app.events',
    '3 column:app.events:id',
    '3 app.events_1',
    '4 column:app.events_1:id',
  ])
  expect(keys(searchRows(ready(parent), open))).toContain('2 column:app.events:id')
})

test('a table that could not be read says so under it, and one without columns as well', () => {
  const inside = (answer: Opened['tables'][string]) =>
    browseRows([schema('app')], { app: ready(relation('a')) }, opened(['schema:app', 'app.a'], { 'app.a': answer }))[2]
  expect(inside('loading')).toMatchObject({ note: 'loading', level: 3 })
  expect(inside({ problem: 'No.' })).toMatchObject({ note: 'failed', text: 'No.', of: { table: 'app.a' } })
  expect(inside({ relation: relation('a', { columns: [] }) })).toMatchObject({ note: 'empty' })
})

const total: NamedObject = {
  ...{ type: 'routine', schema: 'app', name: 'total', kind: 'function', arguments: 'a integer' },
  ...{ returns: 'integer', language: 'sql', comment: null },
}

test('routines and types stand behind the tables of their schema, extensions behind all schemas, and no group is empty', () => {
  const schemas = [{ ...schema('app'), routines: 300, enums: 1, extensions: 2 }, schema('audit')]
  const lists = { app: ready(relation('a')) }
  const groups: Opened['groups'] = { 'group:routine:app': { items: [total], cursor: 'x', status: 'ready' } }
  expect(keys(browseRows(schemas, lists, opened(['schema:app', 'group:routine:app'], {}, groups)))).toEqual([
    '1 schema:app',
    '2 app.a',
    '2 group:routine:app',
    '3 routine:app.total(a integer)',
    '3 note:{"group":{"type":"routine","schema":"app"}}',
    '2 group:enum:app',
    '1 schema:audit',
    '1 group:extension',
  ])
  const rows = browseRows(schemas, lists, opened(['schema:app', 'group:routine:app'], {}, groups))
  expect(rows[4]).toMatchObject({ stands: 299, text: 'Loading … 1 of 300' })
  // A schema of routines alone does not say that it is empty.
  const alone = { ...schema('app'), relations: 0, routines: 1 }
  expect(keys(browseRows([alone], { app: ready() }, opened(['schema:app'])))).toEqual([
    '1 schema:app',
    '2 group:routine:app',
  ])
})

test('a search shows routines among tables, and their keys are no keys of tables', () => {
  const found = {
    items: [relation('total'), { ...total, found_in: 'name' as const }],
    cursor: null,
    status: 'ready' as const,
  }
  expect(keys(searchRows(found, opened()))).toEqual(['1 app.total', '1 routine:app.total(a integer)'])
  expect(parseObjectKey('routine:app.total(a integer)')).toEqual({ type: 'routine', path: 'app.total(a integer)' })
  expect(parseObjectKey(relationKey({ schema: 'routine:app', name: 'x' }))).toBeUndefined()
})

test('what is missing, empty or failed says so in the place where it would be', () => {
  const inside = (list?: RelationList) =>
    browseRows([schema('app')], list ? { app: list } : {}, opened(['schema:app']))[1]
  expect(inside()).toMatchObject({ note: 'loading' })
  expect(inside(ready())).toMatchObject({ note: 'empty' })
  expect(inside({ items: [], cursor: null, status: 'failed', problem: 'No.' })).toMatchObject({
    note: 'failed',
    text: 'No.',
  })
  expect(
    browseRows([schema('app')], { app: { ...ready(relation('a')), cursor: 'x' } }, opened(['schema:app']))[2],
  ).toMatchObject({
    note: 'more',
  })
})

test('a search shows what it found in its own order, wherever it stands', () => {
  const found = ready(relation('b', { schema: 'zoo' }), relation('a'))
  expect(placesOf(searchRows({ items: [], cursor: null, status: 'loading' }, opened()))).toHaveLength(1)
  expect(keys(searchRows(found, opened()))).toEqual(['1 zoo.b', '1 app.a'])
  expect(searchRows({ ...found, cursor: 'x' }, opened()).at(-1)).toMatchObject({ level: 1, note: 'more', stands: 1 })
})

test('what is not loaded takes the place of as many rows as are missing', () => {
  const inside = (relations: number) => {
    const list = { ...ready(relation('a'), relation('b')), cursor: 'x' }
    return browseRows([{ ...schema('app'), relations }], { app: list }, opened(['schema:app'])).at(-1)
  }
  expect(inside(40_000)).toMatchObject({ stands: 39_998, text: 'Loading … 2 of 40,000' })
  // Counted at another moment, there may be more than that.
  expect(inside(2)).toMatchObject({ stands: 1, text: 'Loading …' })
})

test('every row knows its place among its siblings', () => {
  const rows = browseRows(
    [schema('app'), schema('b')],
    { app: ready(relation('x'), relation('y')) },
    opened(['schema:app']),
  )
  expect(placesOf(rows)).toEqual([
    { position: 1, size: 2 },
    { position: 1, size: 2 },
    { position: 2, size: 2 },
    { position: 2, size: 2 },
  ])
})

test('a dot in a name does not part it', () => {
  expect(relationKey({ schema: 'a.b', name: 'c d' })).toBe('a%2Eb.c%20d')
})

test('ten times as many relations become rows in about ten times the time', () => {
  const timeOf = (count: number) => {
    const list = ready(...Array.from({ length: count }, (_, i) => relation(`t${i}`)))
    const start = performance.now()
    const rows = browseRows([schema('app')], { app: list }, opened(['schema:app']))
    placesOf(rows)
    expect(rows).toHaveLength(count + 1)
    return performance.now() - start
  }
  // The best of several turns has met the least of what else the machine does; the square would be a hundred times.
  const best = (count: number) => Math.min(...Array.from({ length: 7 }, () => timeOf(count)))
  timeOf(20_000)
  expect(best(20_000)).toBeLessThan(30 * best(2_000))
})
