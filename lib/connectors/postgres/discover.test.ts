import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { quoteIdent, quoteLiteral } from '../_sql/quote.ts'
import { hostileNames } from '../_sql/testing/hostile-names.ts'
import { discoveredRelation, discoveredSchema, type discoverRequest } from '../contract.ts'
import { runDiscover } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'

const relationShape = z.strictObject(discoveredRelation.shape)

describe.each(serverNames)('discovery on the %s server', (name) => {
  let server: TestServer
  const database = 'runner_discover_database'
  beforeAll(async () => {
    server = await openServer(name)
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    await server.run('postgres', `create database ${database}`)
    await server.run(database, fixture)
  })
  afterAll(async () => {
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    server.stop()
  })
  const options = () => ({ config: { port: server.port, database }, credential: server.admin })
  const relations = (request: Omit<z.input<typeof discoverRequest>, 'what'> = {}) =>
    runDiscover(options(), { what: 'relations', ...request }, relationShape)

  it('lists schemas with what they hold', async () => {
    const found = await runDiscover(options(), { what: 'schemas' }, z.strictObject(discoveredSchema.shape))
    expect(found.map(({ name, relations }) => [name, relations])).toEqual([
      ['We "ird', 1],
      ['public', 0],
      ['sales', 9],
    ])
    expect(found.find(({ name }) => name === 'sales')).toMatchObject({
      comment: 'All about sales',
      owner: server.admin.username,
      usable: true,
    })
  })
  it('lists relations by schema and name, with their kinds', async () => {
    const found = await relations()
    expect(found.map(({ schema, name, kind }) => `${schema}.${name} ${kind}`)).toEqual([
      'We "ird.Odd table',
      'sales.active_orders view',
      'sales.customers table',
      'sales.daily materialized_view',
      'sales.events partitioned_table',
      'sales.events_2026 partition',
      'sales.generated table',
      'sales.lines table',
      'sales.no_columns table',
      'sales.orders table',
    ])
    expect(found.find(({ name }) => name === 'orders')).toMatchObject({
      comment: 'One line per order',
      row_estimate: 3,
    })
    expect(found.find(({ name }) => name === 'lines')?.row_estimate).toBeNull()
    expect(found.find(({ name }) => name === 'events_2026')?.partition_of).toEqual({
      schema: 'sales',
      name: 'events',
    })
  })
  it('pages by keyset, without gap or overlap', async () => {
    const all = await relations()
    const paged: typeof all = []
    for (;;) {
      const last = paged.at(-1)
      const page = await relations({ limit: 3, ...(last && { after: [last.schema, last.name] }) })
      paged.push(...page)
      if (page.length < 3) break
    }
    expect(paged).toEqual(all)
  })
  it.each([
    ['ORDER', ['active_orders', 'lines', 'orders']],
    ['per order', ['lines', 'orders']],
    ['%', ['events']],
    ['_202', ['events_2026']],
    ['\\', ['events']],
    ["'; drop", []],
  ])('searches names and comments for %j, taken literally', async (q, names) =>
    expect((await relations({ q })).map(({ name }) => name)).toEqual(names),
  )
  it('filters by schema', async () => expect(await relations({ schema: 'We "ird' })).toHaveLength(1))

  it('gives columns with resolved types', async () => {
    const [orders] = await relations({ schema: 'sales', name: 'orders', detail: 'columns' })
    expect(orders?.columns).toEqual([
      { name: 'id', type: 'bigint', nullable: false, primary_key: 1 },
      { name: 'customer_id', type: 'integer', nullable: true },
      { name: 'total', type: 'numeric(12,2)', nullable: false },
      { name: 'state', type: 'sales.state', nullable: true },
      { name: 'tags', type: 'character varying(20)[]', nullable: true },
      { name: 'placed_at', type: 'timestamp(3) with time zone', nullable: true },
      { name: 'customer', type: 'sales.customers', nullable: true },
    ])
  })
  it('gives everything about one relation', async () => {
    const [orders] = await relations({ schema: 'sales', name: 'orders', detail: 'full' })
    expect(orders).toMatchObject({
      comment: 'One line per order',
      columns: expect.arrayContaining([
        { name: 'id', type: 'bigint', nullable: false, primary_key: 1, generated: 'identity' },
        { name: 'total', type: 'numeric(12,2)', nullable: false, default: '0', comment: 'In euro, "net"\nof tax' },
      ]),
      foreign_keys: [
        {
          name: 'orders_customer',
          columns: ['customer_id'],
          references: { schema: 'sales', name: 'customers', columns: ['id'] },
        },
      ],
      referenced_by: [
        {
          name: 'lines_order_id_fkey',
          columns: ['id'],
          from: { schema: 'sales', name: 'lines', columns: ['order_id'] },
        },
      ],
      view_definition: null,
    })
    expect(orders?.size_bytes).toBeGreaterThan(0)
    expect(orders?.constraints).toEqual(
      expect.arrayContaining([
        { name: 'orders_pkey', kind: 'primary_key', definition: 'PRIMARY KEY (id)', columns: ['id'] },
        expect.objectContaining({ name: 'orders_total_check', kind: 'check', columns: ['total'] }),
      ]),
    )
  })
  it('gives the very definitions that the server would print', async () => {
    const found = await relations({ detail: 'full' })
    const client = new Client({
      host: '127.0.0.1',
      port: server.port,
      database,
      user: server.admin.username,
      password: server.admin.password,
    })
    await client.connect()
    const { rows: indexes } = await client.query(
      `select indexname, indexdef from pg_indexes where schemaname in ('sales', 'We "ird')`,
    )
    const { rows: constraints } = await client
      .query(
        `set search_path = pg_catalog; select conname, pg_get_constraintdef(oid) as text from pg_constraint where contype in ('p','u','c','x') and conrelid <> 0 and connamespace::regnamespace::text not like 'pg%' and connamespace <> 'information_schema'::regnamespace`,
      )
      .then((results) => (Array.isArray(results) ? results.at(-1) : results))
    await client.end()
    const ours = found.flatMap((relation) => relation.indexes ?? [])
    expect(Object.fromEntries(ours.map(({ name, definition }) => [name, definition]))).toEqual(
      Object.fromEntries(indexes.map(({ indexname, indexdef }) => [indexname, indexdef])),
    )
    const ourConstraints = found.flatMap((relation) => relation.constraints ?? [])
    expect(Object.fromEntries(ourConstraints.map(({ name, definition }) => [name, definition]))).toEqual(
      Object.fromEntries(constraints.map(({ conname, text }: { conname: string; text: string }) => [conname, text])),
    )
  })
  it('knows keys of several columns and dropped columns', async () => {
    const [lines] = await relations({ schema: 'sales', name: 'lines', detail: 'full' })
    expect(lines?.columns?.map(({ name, primary_key }) => [name, primary_key ?? null])).toEqual([
      ['order_id', 2],
      ['place', 1],
      ['ref_a', null],
      ['ref_b', null],
    ])
    expect(lines?.foreign_keys).toContainEqual({
      name: 'lines_pair',
      columns: ['ref_b', 'ref_a'],
      references: { schema: 'We "ird', name: 'Odd', columns: ['b,"}', 'a\\'] },
    })
  })
  it('tells stored expressions from identities and defaults', async () => {
    const [relation] = await relations({ schema: 'sales', name: 'generated', detail: 'full' })
    expect(relation?.columns?.map(({ generated }) => generated ?? null)).toEqual([
      'identity',
      'identity',
      'stored',
      null,
    ])
  })
  it('shows a view’s definition and a table without columns', async () => {
    expect((await relations({ schema: 'sales', name: 'active_orders', detail: 'full' }))[0]?.view_definition).toMatch(
      /SELECT/,
    )
    expect((await relations({ schema: 'sales', name: 'no_columns', detail: 'full' }))[0]?.columns).toEqual([])
  })
  it('finds nothing where there is nothing', async () => expect(await relations({ schema: 'nope' })).toEqual([]))

  it('says what is wrong as a problem with a cause', async () => {
    const wrong = { ...options(), credential: { username: server.admin.username, password: 'wrong' } }
    await expect(runDiscover(wrong, { what: 'schemas' }, z.unknown())).rejects.toMatchObject({
      code: 'upstream_failed',
      details: { cause: { code: 'auth.password_rejected' } },
    })
  })

  it('lists two hundred hostile names right, with hostile columns, comments and types (SQL-8)', async () => {
    const names = hostileNames()
    expect(names.length).toBeGreaterThanOrEqual(200)
    const statements = names.map((one) => {
      const table = `hostile.${quoteIdent(one)}`
      const others = plain
        .filter((column) => column !== one)
        .map((column) => `, ${quoteIdent(column)} text default ${quoteLiteral(one)}`)
      return `create table ${table} (${quoteIdent(one)} int primary key${others.join('')});
        comment on table ${table} is ${quoteLiteral(one)}; comment on column ${table}.${quoteIdent(one)} is ${quoteLiteral(one)}`
    })
    await server.run(database, `create schema hostile; ${statements.join(';')}`)
    const found = await relations({ schema: 'hostile', detail: 'full' })
    const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
    expect(found.map(({ name }) => name)).toEqual([...names].sort(byBytes))
    for (const relation of found) {
      expect(relation.comment).toBe(relation.name)
      expect(relation.columns?.map(({ name }) => name)).toEqual([
        relation.name,
        ...plain.filter((column) => column !== relation.name),
      ])
      expect(relation.columns?.[0]?.comment).toBe(relation.name)
    }
    for (const one of names.slice(0, 60)) {
      expect((await relations({ schema: 'hostile', name: one, detail: 'columns' })).map(({ name }) => name)).toEqual([
        one,
      ])
      expect((await relations({ schema: 'hostile', q: one })).map(({ name }) => name)).toContain(one)
    }
    await server.run(database, 'drop schema hostile cascade')
  }, 60_000)
})

const plain = ['__proto__', 'constructor']

const fixture = `
  create schema sales; create schema "We ""ird"; comment on schema sales is 'All about sales';
  create type sales.state as enum ('new', 'paid');
  create table sales.customers (id int primary key, email text unique deferrable, "Name" text collate "C", region int, unique (region, email));
  create index on sales.customers (lower(email)); create index on sales.customers (region desc nulls last); create index on sales.customers (id) include (email);
  create index on sales.customers using hash (email); create index on sales.customers ("Name"); create index on sales.customers (email text_pattern_ops);
  create index part on sales.customers (region) where region > 3; create index filled on sales.customers (region) with (fillfactor = 70);
  create index wide on sales.customers (id, region, email, "Name"); create unique index uni on sales.customers (region, id); create index coll on sales.customers (email collate "C");
  create table sales.orders (id bigint generated always as identity primary key, customer_id int constraint orders_customer references sales.customers, total numeric(12,2) not null default 0 check (total >= 0),
    state sales.state, tags varchar(20)[], placed_at timestamptz(3), customer sales.customers);
  comment on table sales.orders is 'One line per order'; comment on column sales.orders.total is e'In euro, "net"\\nof tax';
  insert into sales.orders (customer_id) values (null), (null), (null); analyze sales.orders;
  create table "We ""ird"."Odd" ("a\\" int, "b,""}" int, "user" int unique, primary key ("b,""}", "a\\"));
  create table sales.lines (gone int, order_id bigint references sales.orders, place int, ref_a int, ref_b int, primary key (place, order_id),
    constraint lines_pair foreign key (ref_b, ref_a) references "We ""ird"."Odd" ("b,""}", "a\\"), exclude using btree (ref_a with =));
  alter table sales.lines drop column gone; comment on table sales.lines is 'Several lines per order';
  create view sales.active_orders as select * from sales.orders where state = 'new';
  create materialized view sales.daily as select 1 as n; create index on sales.daily (n);
  create table sales.events (at date not null, note text) partition by range (at); comment on table sales.events is 'A 100% \\ share';
  create table sales.events_2026 partition of sales.events for values from ('2026-01-01') to ('2027-01-01'); create index on sales.events (at);
  create table sales.generated (a int generated always as identity, b int generated by default as identity, c int generated always as (1 + 1) stored, d int);
  create table sales.no_columns ();
  create temp table hidden (a int);`
