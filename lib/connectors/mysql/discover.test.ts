import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { discovered, discoveredRelation, discoveredSchema, type discoverRequest } from '../contract.ts'
import { quoteName } from './quote.ts'
import { fixture, hostileNames } from './testing/fixture.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { runDiscover } from './testing/run.ts'

const relationShape = z.strictObject(discoveredRelation.shape)

describe.skipIf(!hasMariaDb)('discovery on MariaDB', () => {
  let server: MariaDb
  beforeAll(async () => {
    server = await startMariaDb(['--innodb-file-per-table=0'])
    await server.run(...fixture)
  }, 60_000)
  afterAll(() => server?.stop())
  const options = () => ({ config: { port: server.port, database: 'sales' }, credential: server.admin })
  const relations = (request: Omit<z.input<typeof discoverRequest>, 'what'> = {}, given = options()) =>
    runDiscover(given, { what: 'relations', ...request }, relationShape)

  it('lists databases with what they hold, and none of the server’s own', async () => {
    const found = await runDiscover(options(), { what: 'schemas' }, z.strictObject(discoveredSchema.shape))
    expect(found.map(({ name, relations, comment }) => [name, relations, comment])).toEqual([
      ['We "ird', 1, null],
      ['empty', 0, null],
      ['sales', 7, 'All about sales'],
    ])
  })
  it('lists relations by database and name, with their kinds', async () => {
    const found = await relations()
    expect(found.map(({ schema, name, kind }) => `${schema}.${name} ${kind}`)).toEqual([
      'We "ird.Odd table',
      'sales.active_orders view',
      'sales.customers table',
      'sales.events partitioned_table',
      'sales.history table',
      'sales.lines table',
      'sales.no_key table',
      'sales.orders table',
    ])
    expect(found.find(({ name }) => name === 'orders')).toMatchObject({
      comment: 'One line per order',
      row_estimate: 3,
    })
    expect(found.find(({ name }) => name === 'active_orders')).toMatchObject({ comment: null, row_estimate: null })
  })
  it('lists functions and procedures with their parameters, and none of the server’s own', async () => {
    await server.run(
      `CREATE FUNCTION sales.gross(net decimal(12,2), rate double) RETURNS decimal(12,2) DETERMINISTIC COMMENT 'With "tax"' RETURN net * rate`,
      'CREATE PROCEDURE sales.gross(IN a int unsigned, OUT `odd "``` varchar(10) CHARACTER SET utf8mb4, INOUT c enum("x","y")) SELECT 1',
      'CREATE FUNCTION sales.both() RETURNS int RETURN 1',
      'CREATE PROCEDURE sales.both() BEGIN END',
      'CREATE PROCEDURE `We "ird`.`na``me`() SELECT 1',
    )
    const everything = (request = {}) => runDiscover(options(), { what: 'everything', ...request }, discovered)
    const routines = async (request = {}) => (await everything(request)).filter((one) => one.type === 'routine')
    expect(await routines()).toEqual([
      expect.objectContaining({ schema: 'We "ird', name: 'na`me', kind: 'procedure', arguments: '', returns: null }),
      expect.objectContaining({
        name: 'both',
        kind: 'function',
        arguments: '',
        returns: 'int(11)',
        definition: 'RETURN 1',
      }),
      expect.objectContaining({ name: 'both', kind: 'procedure', arguments: 'PROCEDURE', returns: null }),
      {
        ...{ type: 'routine', schema: 'sales', name: 'gross', kind: 'function', language: 'sql' },
        ...{ arguments: 'net decimal(12,2), rate double', returns: 'decimal(12,2)', comment: 'With "tax"' },
        definition: 'RETURN net * rate',
      },
      expect.objectContaining({
        name: 'gross',
        arguments: expect.stringMatching(
          /^IN a int\(10\) unsigned, OUT `odd "``` varchar\(10\).*, INOUT c enum\('x','y'\)$/,
        ),
      }),
    ])
    expect((await routines({ schema: 'sales' })).map(({ name }) => name)).toEqual(['both', 'both', 'gross', 'gross'])
    expect(await routines({ schema: 'sales', name: 'orders' })).toEqual([])
    // Somebody without a right on them sees none, and everything else.
    await server.run("CREATE USER blind IDENTIFIED BY 'blind-Pa55'", 'GRANT SELECT ON sales.customers TO blind')
    const blind = { ...options(), credential: { username: 'blind', password: 'blind-Pa55' } }
    const seen = await runDiscover(blind, { what: 'everything', detail: 'full' }, discovered)
    expect(seen.map(({ type }) => type)).toEqual(['schema', 'relation'])
  })
  it('pages by keyset, without gap or overlap, at every level of detail', async () => {
    for (const detail of ['names', 'columns', 'full'] as const) {
      const all = await relations({ detail })
      const paged: typeof all = []
      for (;;) {
        const last = paged.at(-1)
        const page = await relations({ detail, limit: 3, ...(last && { after: [last.schema, last.name] }) })
        paged.push(...page)
        if (page.length < 3) break
      }
      expect(paged).toEqual(all)
    }
  })
  it.each([
    ['ORDER', ['active_orders', 'lines', 'orders']],
    ['per order', ['lines', 'orders']],
    ['%', ['lines']],
    ['no_k', ['no_key']],
    ['o_k', ['no_key']],
    ['\\', ['lines']],
    ["'; drop", []],
    ['view', []],
  ])('searches names and comments for %j, taken literally', async (q, names) =>
    expect((await relations({ q })).map(({ name }) => name)).toEqual(names),
  )
  it('filters by database', async () => expect(await relations({ schema: 'We "ird' })).toHaveLength(1))
  it('finds nothing where there is nothing', async () => {
    expect(await relations({ schema: 'nope', detail: 'full' })).toEqual([])
    expect(await relations({ schema: 'SALES' })).toEqual([])
  })

  it('gives columns with types and keys', async () => {
    const [orders] = await relations({ schema: 'sales', name: 'orders', detail: 'columns' })
    expect(orders?.columns?.slice(0, 5)).toEqual([
      { name: 'id', type: 'bigint(20) unsigned', nullable: false, primary_key: 1 },
      { name: 'customer_id', type: 'int(11)', nullable: true },
      { name: 'total', type: 'decimal(12,2)', nullable: false },
      { name: 'state', type: "enum('new','it''s paid')", nullable: true },
      { name: 'placed_at', type: 'timestamp(3)', nullable: false },
    ])
  })
  it('gives everything about one relation', async () => {
    const [orders] = await relations({ schema: 'sales', name: 'orders', detail: 'full' })
    expect(orders).toMatchObject({
      columns: expect.arrayContaining([
        { name: 'id', type: 'bigint(20) unsigned', nullable: false, primary_key: 1, generated: 'identity' },
        {
          name: 'total',
          type: 'decimal(12,2)',
          nullable: false,
          default: '0.00',
          comment: 'In euro, "net"\nof tax ☃',
        },
        { name: 'state', type: "enum('new','it''s paid')", nullable: true, default: "'new'" },
        { name: 'gross', type: 'decimal(12,2)', nullable: true, default: '`total` * 1.19', generated: 'stored' },
        { name: 'half', type: 'decimal(12,2)', nullable: true, default: '`total` / 2', generated: 'virtual' },
      ]),
      foreign_keys: [
        {
          name: 'orders_customer',
          columns: ['customer_id'],
          references: { schema: 'sales', name: 'customers', columns: ['id'] },
        },
      ],
      referenced_by: [
        { name: 'lines_order', columns: ['id'], from: { schema: 'sales', name: 'lines', columns: ['order_id'] } },
      ],
      constraints: [
        { name: 'PRIMARY', kind: 'primary_key', definition: 'PRIMARY KEY (`id`)', columns: ['id'] },
        { name: 'total_positive', kind: 'check', definition: 'CHECK (`total` >= 0)', columns: ['total'] },
      ],
      view_definition: null,
    })
    expect(orders?.size_bytes).toBeGreaterThan(0)
    const definitions = Object.fromEntries(orders?.indexes?.map((index) => [index.name, index.definition]) ?? [])
    expect(definitions).toMatchObject({
      by_state: 'CREATE INDEX `by_state` ON `sales`.`orders` (`state`, `placed_at`) USING BTREE',
      words: 'CREATE FULLTEXT INDEX `words` ON `sales`.`orders` (`state2`)',
    })
  })
  it('gives definitions that the server takes as they are', async () => {
    const [customers] = await relations({ schema: 'sales', name: 'customers', detail: 'full' })
    const unique = customers?.indexes?.find(({ name }) => name === 'email')
    expect(unique?.definition).toContain('(`email`(20))')
    await server.run('ALTER TABLE sales.customers DROP INDEX email', unique?.definition ?? '')
    expect(await relations({ schema: 'sales', name: 'customers', detail: 'full' })).toEqual([customers])
  })
  it('knows keys of several columns in their order, and a unique index from a key', async () => {
    for (const detail of ['columns', 'full'] as const) {
      const found = await relations({ schema: 'sales', detail })
      const placesOf = (table: string) =>
        found.find(({ name }) => name === table)?.columns?.map(({ name, primary_key }) => [name, primary_key ?? null])
      expect(placesOf('lines')?.slice(0, 2)).toEqual([
        ['order_id', 2],
        ['place', 1],
      ])
      expect(placesOf('no_key')).toEqual([['a', null]])
    }
    const [lines] = await relations({ schema: 'sales', name: 'lines', detail: 'full' })
    expect(lines?.foreign_keys).toContainEqual({
      name: 'lines_pair',
      columns: ['ref_b', 'ref_a'],
      references: { schema: 'We "ird', name: 'Odd', columns: ['b,"}', 'a\\'] },
    })
    const [odd] = await relations({ schema: 'We "ird', name: 'Odd', detail: 'full' })
    expect(odd?.referenced_by).toMatchObject([
      { from: { schema: 'sales', name: 'lines', columns: ['ref_b', 'ref_a'] } },
    ])
  })
  it('shows a view’s definition, and a view that no longer works without columns', async () => {
    expect((await relations({ schema: 'sales', name: 'active_orders', detail: 'full' }))[0]?.view_definition).toMatch(
      /select/i,
    )
    await server.run(
      'CREATE TABLE sales.gone (a int)',
      'CREATE VIEW sales.broken AS SELECT * FROM sales.gone',
      'DROP TABLE sales.gone',
    )
    expect(await relations({ schema: 'sales', name: 'broken', detail: 'full' })).toMatchObject([{ kind: 'view' }])
    await server.run('DROP VIEW sales.broken')
  })
  it('shows a login only what it may see', async () => {
    await server.run("CREATE USER narrow@'%' IDENTIFIED BY 'p'", "GRANT SELECT ON sales.customers TO narrow@'%'")
    const given = { ...options(), credential: { username: 'narrow', password: 'p' } }
    expect((await relations({ detail: 'full' }, given)).map(({ name }) => name)).toEqual(['customers'])
  })
  it('says what is wrong as a problem with a cause', async () => {
    const wrong = { ...options(), credential: { username: 'admin', password: 'wrong' } }
    await expect(runDiscover(wrong, { what: 'schemas' }, z.unknown())).rejects.toMatchObject({
      code: 'upstream_failed',
      details: { cause: { code: 'auth.password_rejected' } },
    })
  })
  it('changes nothing: its session is read-only', async () => {
    await relations({ detail: 'full' })
    const [{ writes } = { writes: -1 }] = await server.rows(
      "SELECT SUM(VARIABLE_VALUE) AS writes FROM information_schema.global_status WHERE VARIABLE_NAME IN ('COM_DELETE', 'COM_UPDATE', 'COM_DROP_DB')",
    )
    expect(Number(writes)).toBe(0)
  })

  it('lists hostile names right: of databases, tables, columns, keys and comments (SQL-8)', async () => {
    const databases = hostileNames.filter((name) => !/[ -]$/.test(name) && !/^#|\//.test(name)).slice(0, 12)
    await server.run(...databases.map((name) => `CREATE DATABASE ${quoteName(name)}`))
    await server.run('CREATE DATABASE hostile CHARACTER SET utf8mb4')
    const seen = new Set<string>()
    for (const name of hostileNames) {
      // The server's collation takes some for the same name; the first stands.
      const done = await server
        .run(
          `CREATE TABLE hostile.${quoteName(name)} (${quoteName(name)} int PRIMARY KEY, c int COMMENT '☃ \\' \\\\ \\n ‮', KEY ${quoteName(`k${name}`.slice(0, 64))} (c)) COMMENT '☃ "x" \\n \\\\'`,
        )
        .then(
          () => true,
          () => false,
        )
      if (done) seen.add(name)
    }
    expect(seen.size).toBeGreaterThan(30)
    const found = await relations({ schema: 'hostile', detail: 'full' })
    expect(new Set(found.map(({ name }) => name))).toEqual(seen)
    for (const { name, columns, comment, indexes } of found) {
      expect(columns?.map((column) => column.name)).toEqual([name, 'c'])
      expect(columns?.[0]?.primary_key).toBe(1)
      expect(columns?.[1]?.comment).toBe("☃ ' \\ \n ‮")
      expect(comment).toBe('☃ "x" \n \\')
      expect(indexes?.map((index) => index.name).sort()).toEqual(['PRIMARY', `k${name}`.slice(0, 64)].sort())
      const [one] = await relations({ schema: 'hostile', name, detail: 'columns' })
      expect(one?.name).toBe(name)
    }
    const schemas = await runDiscover(options(), { what: 'schemas' }, discoveredSchema)
    expect(schemas.map(({ name }) => name)).toEqual(expect.arrayContaining(databases))
  })

  it('is right on hundreds of tables as well, whether or not it may read InnoDB’s statistics', async () => {
    await server.run('CREATE DATABASE many')
    const names = Array.from({ length: 1_100 }, (_, index) => `t${String(index).padStart(4, '0')}`)
    await server.run(
      ...names.map(
        (name, index) =>
          `CREATE TABLE many.${name} (a int, b int, PRIMARY KEY (${index % 100 === 7 ? 'b, a' : 'a'})) ENGINE=InnoDB`,
      ),
    )
    await server.run("CREATE USER plain@'%' IDENTIFIED BY 'p'", "GRANT SELECT ON many.* TO plain@'%'")
    const config = { port: server.port, database: 'many' }
    const narrow = { config, credential: { username: 'plain', password: 'p' } }
    for (const detail of ['names', 'columns', 'full'] as const) {
      const all = await relations({ schema: 'many', detail })
      expect(all.map(({ name }) => name)).toEqual(names)
      if (detail !== 'full') expect(await relations({ schema: 'many', detail }, narrow)).toEqual(all)
      const page = await relations({ schema: 'many', detail, limit: 500, after: ['many', 't0099'] })
      expect(page).toEqual(all.slice(100, 600))
    }
  }, 120_000)
})
