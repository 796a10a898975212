import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quoteIdent } from '#lib/connectors/_sql/quote'
import { type DiscoveredRelation, discoveredRelation } from '#lib/connectors/contract'
import { manifest as mysql } from '#lib/connectors/mysql/manifest'
import { quoteName } from '#lib/connectors/mysql/quote'
import { hostileNames } from '#lib/connectors/mysql/testing/fixture'
import { hasMariaDb, type MariaDb, startMariaDb } from '#lib/connectors/mysql/testing/mariadb'
import { runDiscover as discoverMysql } from '#lib/connectors/mysql/testing/run'
import { manifest as postgres } from '#lib/connectors/postgres/manifest'
import { runDiscover } from '#lib/connectors/postgres/testing/run'
import { openServer, serverNames, type TestServer } from '#lib/connectors/postgres/testing/servers'
import { manifest as sqlite } from '#lib/connectors/sqlite/manifest'
import { useFiles } from '#lib/connectors/sqlite/testing/run'
import { ddlText } from './ddl.ts'

/** What the text promises to bring back; rows and sizes are not part of it. */
const shapeOf = ({ row_estimate: _, size_bytes: __, referenced_by, indexes, ...rest }: DiscoveredRelation) => ({
  ...rest,
  referenced_by: byName(referenced_by),
  constraints: byName(rest.constraints),
  foreign_keys: byName(rest.foreign_keys),
  indexes: byName(indexes)?.map(({ size_bytes: _, ...index }) => index),
})
const byName = <T extends { name: string }>(items: T[] | undefined) =>
  items?.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))

const namesOf = (more: readonly string[]): string[] => [
  ...new Set([
    ...Array.from({ length: 31 }, (_, index) => `c${String.fromCharCode(index + 1)}c`),
    ...Array.from({ length: 94 }, (_, index) => `${String.fromCharCode(33 + index)}x`),
    ...Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)),
    ...more,
  ]),
]

describe.each(serverNames)('the text of what a %s PostgreSQL holds', (name) => {
  const database = 'ddl_database'
  let server: TestServer
  beforeAll(async () => {
    server = await openServer(name)
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    await server.run('postgres', `create database ${database}`)
  })
  afterAll(async () => {
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    server.stop()
  })
  const all = async () => {
    const options = { config: { port: server.port, database }, credential: server.admin }
    const names = await runDiscover(options, { what: 'relations' }, discoveredRelation)
    const found: DiscoveredRelation[] = []
    for (const { schema, name } of names) {
      const request = { what: 'relations', schema, name, detail: 'full' } as const
      found.push(...(await runDiscover(options, request, discoveredRelation)))
    }
    return found
  }

  it('makes tables and views with the same columns, keys, indexes, rules and comments', async () => {
    await server.run(database, postgresFixture)
    const before = await all()
    const order = ['customers', 'Odd "t"', 'orders', 'lines', 'daily', 'open orders']
    const texts = order.map((one) => {
      const relation = before.find(({ name }) => name === one)
      if (!relation) throw new Error(`there is no ${one}`)
      return ddlText(relation, postgres.sql)
    })
    await server.run(
      database,
      'drop table shop.customers, shop."Odd ""t""", shop.orders, shop.lines cascade; drop materialized view shop.daily',
    )
    await server.run(database, texts.join('\n'))
    const after = await all()
    expect(after.map(shapeOf)).toEqual(before.map(shapeOf))
    expect(texts[0]).toContain('CREATE SEQUENCE IF NOT EXISTS shop.customers_id_seq;\nCREATE TABLE shop.customers (\n')
    expect(texts[3]).toContain('REFERENCES shop.orders (id) ON UPDATE CASCADE ON DELETE SET NULL (order_id)')
  })
  it('stands two hundred hostile names of schemas, tables, columns, keys and indexes', async () => {
    const names = namesOf([
      '"',
      '""',
      "a'; drop table x; --",
      'line\nbreak',
      '\u202e',
      'user',
      'Order',
      '$$',
      '\\',
      '😀',
    ])
    expect(names.length).toBeGreaterThanOrEqual(200)
    await server.run(
      database,
      names
        .map((one, index) => {
          const [table, column] = [`hostile.${quoteIdent(one)}`, quoteIdent(one)]
          return `create table ${table} (${column} int primary key, other int default ${index}, constraint ${quoteIdent(`u${index}${one}`)} unique (other, ${column}));
            create index ${quoteIdent(`i${index}${one}`)} on ${table} (${column} desc); comment on column ${table}.${column} is 'x'`
        })
        .reduce((sql, one) => `${sql};${one}`, 'drop schema shop cascade; create schema hostile'),
    )
    const before = await all()
    await server.run(database, 'drop schema hostile cascade; create schema hostile')
    await server.run(database, before.map((one) => ddlText(one, postgres.sql)).join('\n'))
    expect((await all()).map(shapeOf)).toEqual(before.map(shapeOf))
  }, 60_000)
  it('leaves no word bare that this server reserves', async () => {
    const client = new Client({
      host: '127.0.0.1',
      port: server.port,
      database,
      user: server.admin.username,
      password: server.admin.password,
    })
    await client.connect()
    const { rows } = await client
      .query("select word from pg_get_keywords() where catcode <> 'U'")
      .finally(() => client.end())
    const bare = rows.map(({ word }) => String(word)).filter((word) => !textOf(word).includes(`"${word}"`))
    expect(bare).toEqual([])
  })
})

const textOf = (name: string): string =>
  ddlText(
    { type: 'relation', schema: 's', name, kind: 'table', comment: null, row_estimate: null, columns: [] },
    postgres.sql,
  )

describe.skipIf(!hasMariaDb)('the text of what a MariaDB holds', () => {
  let server: MariaDb
  beforeAll(async () => {
    server = await startMariaDb(['--innodb-flush-log-at-trx-commit=0', '--innodb-file-per-table=0'])
  }, 60_000)
  afterAll(() => server?.stop())
  const all = (schema: string) =>
    discoverMysql(
      { config: { port: server.port, database: schema }, credential: server.admin },
      { what: 'relations', schema, detail: 'full' },
      discoveredRelation,
    )

  it('makes tables and views with the same columns, keys, indexes, rules and comments', async () => {
    await server.run(...mysqlFixture)
    const before = await all('shop')
    const order = ['customers', 'orders', 'open orders']
    const texts = order.map((one) => {
      const relation = before.find(({ name }) => name === one)
      if (!relation) throw new Error(`there is no ${one}`)
      return ddlText({ ...relation, ...(relation.kind === 'view' && { view_definition: viewOf }) }, mysql.sql)
    })
    await server.run('DROP VIEW shop.`open orders`', 'DROP TABLE shop.orders, shop.customers', ...texts)
    expect((await all('shop')).map(shapeOf)).toEqual(before.map(shapeOf))
    expect(texts[1]).toContain('  KEY by_state (`state`')
  })
  it('stands hostile names', async () => {
    const names = namesOf(hostileNames).filter((one) => !/[ .]$/.test(one) && one !== '#P#p0')
    await server.run('CREATE DATABASE hostile CHARACTER SET utf8mb4 COLLATE utf8mb4_bin')
    const made: string[] = []
    for (const name of names) {
      const sql = `CREATE TABLE hostile.${quoteName(name)} (${quoteName(name)} int PRIMARY KEY, c int, KEY ${quoteName(`k${name}`.slice(0, 64))} (c)) COMMENT '☃ "x" \\n \\\\'`
      await server.run(sql).then(
        () => made.push(name),
        () => undefined,
      )
    }
    expect(made.length).toBeGreaterThanOrEqual(200)
    const before = await all('hostile')
    await server.run('DROP DATABASE hostile', 'CREATE DATABASE hostile CHARACTER SET utf8mb4 COLLATE utf8mb4_bin')
    await server.run(...before.map((one) => ddlText(one, mysql.sql)))
    expect((await all('hostile')).map(shapeOf)).toEqual(before.map(shapeOf))
  }, 60_000)
  it('leaves no word bare that this server reserves', async () => {
    const words = (await server.rows('SELECT LOWER(word) AS w FROM information_schema.keywords')).map(({ w }) =>
      String(w),
    )
    const bare = words.filter((word) => /^[a-z_][a-z0-9_]*$/.test(word) && textOf(word).includes(`TABLE s.${word} `))
    expect(words.length).toBeGreaterThan(400)
    const refused: string[] = []
    for (const word of bare)
      await server.run(`SELECT ${word} FROM (SELECT 1 AS ${word}) ${word}`).catch(() => refused.push(word))
    expect(refused).toEqual([])
  })
})

describe('the text of what a SQLite holds', () => {
  const files = useFiles()
  const all = (name: string) => files.discover(name, { what: 'relations', detail: 'full' }, discoveredRelation)

  it('makes tables, views and indexes as they were made', async () => {
    files.make('before.db', sqliteFixture)
    const before = await all('before.db')
    const order = ['customers', 'orders', 'areas', 'Odd "t"', 'big']
    const texts = order
      .flatMap((one) => before.filter(({ name }) => name === one))
      .map((one) => ddlText(one, sqlite.sql))
    files.make('after.db', texts.join('\n'))
    expect((await all('after.db')).map(shapeOf)).toEqual(before.map(shapeOf))
  })
})

const postgresFixture = `
  create schema shop; create type shop.state as enum ('new', 'it''s');
  create table shop.customers (id serial primary key, email text unique deferrable initially deferred, "Name" text, region int, unique (region, email));
  create index on shop.customers (lower(email)); create index part on shop.customers (region desc nulls last) where region > 3;
  create unique index uni on shop.customers (region, id) include (email); create index on shop.customers using hash (email);
  create table shop.orders (id bigint generated by default as identity primary key, customer_id int not null constraint orders_customer references shop.customers on delete cascade,
    total numeric(12,2) not null default 0 check (total >= 0), state shop.state default 'it''s', tags varchar(20)[], placed_at timestamptz(3) default now(), gross numeric generated always as (total * 1.19) stored);
  comment on table shop.orders is 'One line, "per" it''s order \\ ☃'; comment on column shop.orders.total is e'net\\nof tax\\\\';
  create table shop."Odd ""t""" ("a\\" int, "b,""}" int, "user" int unique, primary key ("b,""}", "a\\"));
  create table shop.lines (order_id bigint, place int, ref_a int, ref_b int, primary key (place),
    constraint lines_order foreign key (order_id) references shop.orders on update cascade on delete set null (order_id),
    constraint lines_pair foreign key (ref_b, ref_a) references shop."Odd ""t""" ("b,""}", "a\\") match full deferrable, exclude using btree (ref_a with =));
  create view shop."open orders" as select id, total from shop.orders where state = 'new'; comment on view shop."open orders" is 'x';
  create materialized view shop.daily as select 1 as n; create index on shop.daily (n);`

const viewOf = 'select `shop`.`orders`.`id` AS `id` from `shop`.`orders` where `shop`.`orders`.`total` > 0'
const mysqlFixture = [
  'CREATE DATABASE shop CHARACTER SET utf8mb4',
  'CREATE TABLE shop.customers (id int PRIMARY KEY, email varchar(100) NOT NULL, UNIQUE KEY email (email(20)))',
  `CREATE TABLE shop.orders (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, customer_id int, total decimal(12,2) NOT NULL DEFAULT 0 COMMENT 'In "euro"\\nof tax ☃ \\\\',
    \`state\` enum('new','it''s paid') DEFAULT 'new', placed_at timestamp(3) NOT NULL DEFAULT current_timestamp(3), seen timestamp NULL,
    changed datetime DEFAULT current_timestamp() ON UPDATE current_timestamp(), gross decimal(12,2) AS (total * 1.19) STORED, half decimal(12,2) AS (total / 2) VIRTUAL, words text,
    CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES shop.customers (id) ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT total_positive CHECK (total >= 0), KEY by_state (\`state\`, placed_at DESC), FULLTEXT KEY words (words)) COMMENT = 'One line, it''s per \\\\ order'`,
  'CREATE VIEW shop.`open orders` AS SELECT id FROM shop.orders WHERE total > 0',
]

const sqliteFixture = `
  create table customers (id integer primary key autoincrement, name text collate nocase);
  create table orders (id INTEGER PRIMARY KEY, customer_id INTEGER not null references customers on delete cascade, total REAL default 0,
    tax REAL as (total * 0.2), constraint positive check (total >= 0), unique (customer_id, total));
  create index orders_open on orders (customer_id, total + 1) where total > 1;
  create view big as select id, total * 2 as doubled from orders;
  create virtual table areas using fts5(words);
  create table "Odd ""t""" ("it's" int, "a
b" int)`
