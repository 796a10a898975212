import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findReferences } from './references.ts'

const found = (definition: unknown) =>
  findReferences(definition).map(({ pointer, connId, node }) => [pointer, connId, node])

test('references are found in every shape: a field, a list, Airflow’s operators, and JSON inside of a text', () => {
  const definition = {
    name: 'Nightly',
    conn_id: 'at-the-top',
    nodes: [{ id: 'source_db', config: { conn_id: 'prod-postgres' } }, { config: { conn_ids: ['a', 'b'] } }],
    tasks: { load: { postgres_conn_id: 'warehouse', deep: [{ conn_id: ['c'] }] } },
    'a/b~c': { conn_id: ' spaced ' },
    text: '{"conn_id":"inside", "more": {"conn_id": "deeper"}}',
  }
  expect(found(definition)).toEqual([
    ['/conn_id', 'at-the-top', null],
    ['/nodes/0/config/conn_id', 'prod-postgres', 'source_db'],
    ['/nodes/1/config/conn_ids/0', 'a', null],
    ['/nodes/1/config/conn_ids/1', 'b', null],
    ['/tasks/load/postgres_conn_id', 'warehouse', 'load'],
    ['/tasks/load/deep/0/conn_id/0', 'c', 'load'],
    ['/a~1b~0c/conn_id', 'spaced', null],
    ['/text#/conn_id', 'inside', null],
    ['/text#/more/conn_id', 'deeper', null],
  ])
})

test('what only looks like a reference is none', () => {
  const definition = {
    conn_id: null,
    other: { conn_id: '' },
    my_connection_id: 'x',
    conn: 'y',
    note: 'conn_id: z',
    n: { conn_id: 7 },
  }
  expect(found(definition)).toEqual([])
})

test('however a definition is nested, each reference is found once, and its pointer leads to it', () => {
  const leaf = fc.record({ conn_id: fc.stringMatching(/^[a-z0-9]{1,12}$/) })
  const tree = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 6 },
      leaf,
      fc.constantFrom(null, 1, 'text', true),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z/~ ]{1,6}$/), tie('any'), { maxKeys: 4 }),
    ),
  })).any
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c/d'), tree), (definition) => {
      const count = JSON.stringify(definition).split('"conn_id":').length - 1
      const references = findReferences(definition)
      expect(references).toHaveLength(count)
      for (const { pointer, connId } of references) {
        const value = pointer
          .split('/')
          .slice(1)
          .reduce<unknown>(
            (at, part) => (at as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')],
            definition,
          )
        expect(value).toBe(connId)
      }
    }),
    { numRuns: 300 },
  )
})

test('a definition that clearly holds a secret is refused at the place, and a placeholder is not', () => {
  const bad = [
    'postgresql://etl:hunter22@db/app',
    '-----BEGIN RSA PRIVATE KEY-----\nabc',
    `AKIAIOSFODNN7EXAMPLE:${'aB3d'.repeat(10)}`,
    `ghp_${'a'.repeat(36)}`,
  ]
  for (const text of bad) {
    const refused = () => findReferences({ nodes: [{ url: text }] })
    expect(refused).toThrow(/Store it as a credential/)
    try {
      refused()
    } catch (error) {
      expect(error).toMatchObject({ errors: [{ pointer: '/definition/nodes/0/url' }] })
      expect(JSON.stringify(error)).not.toContain(text)
    }
  }
  const fine = [
    'postgresql://{{ user }}:{{ password }}@db/app',
    `postgresql://etl:\${PASSWORD}@db/app`,
    'postgresql://etl@db/app',
    'https://example.com/a:b@c',
    'https://example.com:8080/path',
  ]
  for (const text of fine) expect(findReferences({ url: text })).toEqual([])
})

test('what a definition may hold is bounded', () => {
  expect(() => findReferences({ conn_ids: Array.from({ length: 2_001 }, (_, n) => `c${n}`) })).toThrow(/2000 places/)
  expect(() => findReferences({ conn_id: 'x'.repeat(129) })).toThrow(/at most 128/)
  expect(() => findReferences({ ['k'.repeat(2_100)]: { conn_id: 'x' } })).toThrow(/nested too deeply/)
  expect(() => findReferences({ 'a\0b': 1 })).toThrow(/cannot be stored/)
})

test('the tables of a reference are those that stand beside it; where that is not certain there are none', () => {
  const tables = (definition: unknown) => findReferences(definition).map(({ connId, relations }) => [connId, relations])
  const own = { source: { conn_id: 'a', table: 'sales.orders' }, destination: { conn_id: 'b', tableName: 'raw' } }
  expect(tables({ steps: [own] })).toEqual([
    ['a', ['sales.orders']],
    ['b', ['raw']],
  ])
  // What stands beside the other one is not this one's.
  expect(tables({ steps: [{ source: { conn_id: 'a' }, destination: { conn_id: 'b', table: 'raw' } }] })).toEqual([
    ['a', []],
    ['b', ['raw']],
  ])
  expect(tables({ steps: [{ config: { conn_id: 'a' }, streams: [{ name: 'x', namespace: 's' }, 'y'] }] })).toEqual([
    ['a', ['s.x', 'y']],
  ])
  expect(tables({ text: '{"conn_id": "a", "schema": "s", "tables": ["x", "t.y"]}' })).toEqual([['a', ['s.x', 't.y']]])
  const unsure = [
    { table: 'a*' },
    { table: '{{ table }}' },
    { tables: ['x'], sql: 'select 1' },
    { tables: { x: 1 } },
    { stream: true },
  ]
  for (const more of unsure) expect([more, tables({ conn_id: 'a', ...more })]).toEqual([more, [['a', []]]])
  expect(tables({ steps: [{ conn_id: 'a' }, { table: 'not-mine' }] })).toEqual([['a', []]])
})
