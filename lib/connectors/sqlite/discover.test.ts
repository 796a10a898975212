import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { discoveredRelation, discoveredSchema, type discoverRequest } from '../contract.ts'
import { useFiles } from './testing/run.ts'

const files = useFiles()
const relationShape = z.strictObject(discoveredRelation.shape)
const relations = (request: Omit<z.input<typeof discoverRequest>, 'what'> = {}, name = 'shop.db') =>
  files.discover(name, { what: 'relations', ...request }, relationShape)
const full = async (name: string, file?: string) => (await relations({ schema: 'main', name, detail: 'full' }, file))[0]

beforeAll(() => {
  files.make('shop.db', fixture)
})

it('lists the one schema with what it holds', async () => {
  expect(await files.discover('shop.db', { what: 'schemas' }, z.strictObject(discoveredSchema.shape))).toEqual([
    { type: 'schema', name: 'main', comment: null, owner: null, relations: 9, usable: true },
  ])
})

it('lists relations by name with their kinds, and the counts of the last ANALYZE', async () => {
  const found = await relations()
  expect(found.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'Odd "name" table',
    'areas virtual_table',
    'areas_node table',
    'areas_parent table',
    'areas_rowid table',
    'big_orders view',
    'customers table',
    'lines table',
    'orders table',
  ])
  expect(found.find(({ name }) => name === 'orders')?.row_estimate).toBe(3)
  expect(found.find(({ name }) => name === 'big_orders')?.row_estimate).toBeNull()
})

it('pages by keyset, without gap or overlap', async () => {
  const all = await relations()
  const paged: typeof all = []
  for (;;) {
    const last = paged.at(-1)
    const page = await relations({ limit: 4, ...(last && { after: [last.schema, last.name] }) })
    paged.push(...page)
    if (page.length < 4) break
  }
  expect(paged).toEqual(all)
})

it.each([
  ['ORDER', ['big_orders', 'orders']],
  ['"', ['Odd "name"']],
  ['%', []],
  ["'; drop", []],
])('searches names for %j, taken literally', async (q, names) =>
  expect((await relations({ q })).map(({ name }) => name)).toEqual(names),
)

it('finds nothing in a schema that is not there', async () => {
  expect(await relations({ schema: 'temp' })).toEqual([])
  expect(await relations({ after: ['zzz', ''] })).toEqual([])
  expect(await relations({ name: 'Orders' })).toEqual([])
})

it('gives everything about one relation', async () => {
  expect(await full('orders')).toMatchObject({
    columns: [
      { name: 'id', type: 'INTEGER', nullable: false, primary_key: 1, generated: 'identity' },
      { name: 'customer_id', type: 'INTEGER', nullable: false },
      { name: 'total', type: 'NUMERIC(12, 2)', nullable: true, default: '0' },
      { name: 'state', type: 'TEXT', nullable: true, default: "'new'" },
      { name: 'tax', type: 'REAL', nullable: true, generated: 'virtual' },
      { name: 'label', type: 'TEXT', nullable: true, generated: 'stored' },
      { name: 'anything', type: 'any', nullable: true },
    ],
    foreign_keys: [{ columns: ['customer_id'], references: { schema: 'main', name: 'customers', columns: ['id'] } }],
    referenced_by: [{ columns: ['id'], from: { schema: 'main', name: 'lines', columns: ['order_id'] } }],
    constraints: [
      { kind: 'primary_key', columns: ['id'] },
      { kind: 'unique', columns: ['customer_id', 'label'], definition: 'UNIQUE (customer_id, label)' },
      { kind: 'check', name: 'positive', definition: `CHECK (total >= 0 and ')' <> '(')` },
      { kind: 'check', name: 'orders_check2', definition: `CHECK (state in ('new', 'don''t'))` },
    ],
    indexes: [
      {
        name: 'orders_open',
        columns: ['state', '(expression)'],
        unique: false,
        definition: expect.stringMatching(/where/),
      },
      { columns: ['customer_id', 'label'], unique: true, primary: false },
    ],
    view_definition: expect.stringMatching(/^CREATE TABLE orders/),
  })
  expect(await full('customers')).toMatchObject({
    referenced_by: [{ columns: ['id'], from: { name: 'orders', columns: ['customer_id'] } }],
  })
})

it('tells keys of tables without row numbers, views and virtual tables', async () => {
  expect(await full('lines')).toMatchObject({
    columns: [
      { name: 'order_id', nullable: false, primary_key: 1 },
      { name: 'place', nullable: false, primary_key: 2 },
    ],
    indexes: [{ primary: true, columns: ['order_id', 'place'] }],
  })
  expect(await full('big_orders')).toMatchObject({
    kind: 'view',
    columns: [{ name: 'id' }, { name: 'doubled' }],
    view_definition: expect.stringMatching(/^CREATE VIEW/),
    constraints: [],
  })
  expect((await full('areas'))?.columns?.map(({ name }) => name)).toEqual(['id', 'low', 'high'])
})

describe('hostile definitions', () => {
  it('names of any kind come back as they are', async () => {
    const found = await full('Odd "name"')
    expect(found?.columns?.map(({ name }) => name)).toEqual(['__proto__', "it's", 'a\nb', '<img src=x>', ''])
    expect(found?.constraints).toEqual([])
  })
  it('a broken view or an unknown module costs only itself', async () => {
    files.make(
      'broken.db',
      `create table t (a); create view gone as select * from t; create view loops as select * from gone;
       create virtual table v using fts5(body); drop table t; create table fine (a int)`,
    )
    const found = await relations({ detail: 'full' }, 'broken.db')
    expect(found.find(({ name }) => name === 'gone')).toMatchObject({ kind: 'view', columns: [] })
    expect(found.find(({ name }) => name === 'fine')?.columns).toHaveLength(1)
    expect(found.find(({ name }) => name === 'v')?.columns?.map(({ name }) => name)).toEqual(['body'])
  })
  it('ten thousand tables are listed and one of them read', async () => {
    const tables = Array.from({ length: 10_000 }, (_, index) => `create table t${index} (id integer primary key, a, b)`)
    files.make('many.db', `begin; ${tables.join(';')}; commit`)
    expect(await relations({}, 'many.db')).toHaveLength(10_000)
    expect((await full('t9999', 'many.db'))?.columns).toHaveLength(3)
  })
})

const fixture = `
  create table customers (id integer primary key autoincrement, name text);
  create table orders (id INTEGER PRIMARY KEY, -- check (this is a comment)
    customer_id INTEGER not null references customers, total NUMERIC(12, 2) default 0, state TEXT default 'new',
    tax REAL as (total * 0.2), label TEXT generated always as ('o' || state) stored, anything,
    constraint positive check (total >= 0 and ')' <> '('), CHECK (state in ('new', 'don''t')), unique (customer_id, label));
  create index orders_open on orders (state, total + 1) where state = 'new';
  create table lines (order_id references orders, place int, primary key (order_id, place)) without rowid;
  create view big_orders as select id, total * 2 as doubled from orders where total > 1000;
  create virtual table areas using rtree(id, low, high);
  create table "Odd ""name""" ("__proto__" int, "it's" int, "a
b" int, "<img src=x>" int, "" int);
  insert into customers (name) values ('Ada');
  insert into orders (customer_id, state) values (1, 'new'), (1, 'don''t'), (2, 'new');
  analyze`
