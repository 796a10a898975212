import { expect, test } from 'vitest'
import type { DiscoveredRelation, SqlDialect } from '#lib/connectors/contract'
import { candidatesFor } from './candidates.ts'
import type { Catalog } from './catalog.ts'
import { scopeAt } from './scope.ts'
import { isSame } from './sources.ts'

const relation = (schema: string, name: string, columns: string[], more: Partial<DiscoveredRelation> = {}) => ({
  type: 'relation' as const,
  schema,
  name,
  kind: 'table' as const,
  comment: null,
  row_estimate: null,
  columns: columns.map((column) => ({ name: column, type: 'int', nullable: true })),
  ...more,
})

const toCustomers = { schema: 'shop', name: 'customers', columns: ['id'] }
const relations: DiscoveredRelation[] = [
  relation('shop', 'customers', ['id', 'email']),
  relation('shop', 'orders', ['id', 'customer_id', 'Total'], {
    foreign_keys: [{ name: 'fk', columns: ['customer_id'], references: toCustomers }],
  }),
  relation('raw', 'events', ['at', 'kind'], { kind: 'view' }),
]

const catalog: Catalog = {
  usualSchema: 'shop',
  schemas: async () => ['shop', 'raw'],
  relations: async (schema, word) => relations.filter((one) => isSame(one.schema, schema) && one.name.includes(word)),
  search: async (word) => relations.filter(({ name }) => name.includes(word)),
  relation: async ({ schema, name }) =>
    relations.find((one) => isSame(one.name, name) && (schema === undefined || isSame(one.schema, schema))),
}

/** What is offered where the text has a bar. */
const at = async (marked: string, dialect: SqlDialect = 'postgres') => {
  const scope = scopeAt(marked.replace('|', ''), marked.indexOf('|'), dialect)
  if (!scope) return undefined
  const found = await candidatesFor(scope, catalog, { quote: dialect === 'mysql' ? '`' : '"', dialect })
  return found.sort((a, b) => b.rank - a.rank)
}
const names = async (marked: string, dialect?: SqlDialect) =>
  (await at(marked, dialect))?.filter(({ kind }) => kind !== 'keyword' && kind !== 'function').map(({ label }) => label)
const written = async (marked: string) => (await at(marked))?.map(({ label, apply }) => apply ?? label)

test('after FROM and JOIN there are tables, those of the usual schema without its name', async () => {
  expect(await names('select * from |')).toEqual(['customers', 'orders', 'events', 'shop', 'raw'])
  expect(await written('select * from ev|')).toEqual(['raw.events', 'shop', 'raw'])
  expect(await names('select 1 from shop.orders o join cus|')).toEqual(['customers', 'shop', 'raw'])
  expect(await names('update |')).toContain('orders')
  expect(await names('select * from raw.|')).toEqual(['events'])
  expect(await names('select * from orders, |')).toContain('customers')
})

test('an alias leads to the columns of its table, quoted where they need it, wherever FROM stands', async () => {
  expect(await written('select o.| from shop.orders o')).toEqual(['id', 'customer_id', '"Total"'])
  expect(await names('select ORDERS.cu| from orders where 1 = 1')).toEqual(['id', 'customer_id', 'Total'])
  expect(await names('select "O d".| from orders as "O d"')).toContain('customer_id')
  expect(await names('update orders o set x = 1 where o.|')).toContain('Total')
  expect(await names('select x.| from orders o')).toEqual([])
})

test('without an alias there are the columns of every table of this query, and of the queries around it', async () => {
  const found = await names('select | from orders o join customers c on true')
  expect(found).toEqual(expect.arrayContaining(['customer_id', 'email', 'o', 'c']))
  const inner = await names('select * from orders o where exists (select 1 from raw.events e where |)')
  expect(inner).toEqual(expect.arrayContaining(['kind', 'customer_id']))
  const beside = await names('select 1 from orders union select | from events')
  expect([beside?.includes('kind'), beside?.includes('customer_id')]).toEqual([true, false])
  expect(await names('select email from customers; select | from events')).not.toContain('email')
})

test('what a query makes itself has the columns it names: WITH, subqueries, stars', async () => {
  const cte = 'with big as (select id, total * 2 as twice, o.customer_id from orders o), named (a, b) as (select 1, 2) '
  expect(await names(`${cte} select b.| from big b`)).toEqual(['id', 'twice', 'customer_id'])
  expect(await names(`${cte} select big.|`)).toEqual(['id', 'twice', 'customer_id'])
  expect(await names(`${cte} select | from named`)).toEqual(expect.arrayContaining(['a', 'b']))
  expect(await names(`${cte} select * from |`)).toEqual(expect.arrayContaining(['big', 'named', 'orders']))
  expect(await names('with a as (select * from events) select | from a')).toEqual(
    expect.arrayContaining(['at', 'kind']),
  )
  expect(await names('select s.| from (select max(id) as newest, email from customers group by 2) s')).toEqual([
    'newest',
    'email',
  ])
})

test('the brackets behind INSERT INTO hold the columns of the table', async () => {
  expect((await names('insert into shop.orders (|'))?.slice(0, 3)).toEqual(['id', 'customer_id', 'Total'])
  expect((await names('insert into orders (id, |) values (1)'))?.slice(0, 3)).toEqual(['id', 'customer_id', 'Total'])
  expect(await names('select | from generate_series(1, 2) n')).toEqual(['n'])
})

test('after ON the keys between the tables are offered as whole conditions, first of all', async () => {
  const [first] = (await at('select * from orders o join customers c on |')) ?? []
  expect(first).toMatchObject({ label: 'o.customer_id = c.id', kind: 'condition' })
  const [back] = (await at('select * from customers join shop.orders as x on |')) ?? []
  expect(back?.label).toBe('x.customer_id = customers.id')
  const [none] = (await at('select * from events e join orders o on |')) ?? []
  expect(none?.kind).not.toBe('condition')
})

test('nothing is offered inside of strings, comments, numbers and parameters', async () => {
  const quiet = [
    "select 'fro|m'",
    'select 1 -- from |',
    "select 'open |",
    'select 12|',
    'select :na|',
    '/* | */ select',
  ]
  for (const text of quiet) expect([text, await at(text)]).toEqual([text, undefined])
  expect(await names('select `O d`.| from orders `O d`', 'mysql')).toContain('customer_id')
})

test('words are written as loud as they are typed', async () => {
  const words = async (text: string) =>
    (await at(text))?.filter(({ kind }) => kind === 'keyword').map(({ label }) => label)
  expect(await words('SEL|')).toContain('SELECT')
  expect(await words('sel|')).toContain('select')
})
