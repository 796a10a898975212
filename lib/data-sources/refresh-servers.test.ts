import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { quoteIdent, quoteLiteral } from '#lib/connectors/_sql/quote'
import { hostileNames } from '#lib/connectors/_sql/testing/hostile-names'
import { hasMariaDb, startMariaDb } from '#lib/connectors/mysql/testing/mariadb'
import { openServer, serverNames } from '#lib/connectors/postgres/testing/servers'
import { db } from '#lib/db/client'
import { forgetOld } from '#lib/engine/schedule-store'
import { relationSegment } from './schema.ts'
import { refreshing } from './testing/refreshing.ts'

const api = useApi()
const engine = useEngine()
let people: TestWorkspace['people']
beforeAll(async () => {
  people = (await makeWorkspace()).people
})
const { call, create, refresh } = refreshing(api, () => people)

interface Server {
  type: string
  settings: { config: object; credential?: object }
  /** The schema that everything is made in. */
  schema: string
  quote(name: string): string
  names: string[]
  run(...statements: string[]): Promise<void>
  stop(): Promise<void> | void
}

const postgres15 = async (): Promise<Server> => {
  const server = await openServer('Debian')
  const database = 'refreshed'
  await server.run('postgres', `create database ${database}`)
  await server.run(database, 'create schema kept; create schema other')
  const { username, password } = server.admin
  return {
    type: 'postgres',
    settings: {
      config: { host: '127.0.0.1', port: server.port, database, ssl_mode: 'disable' },
      credential: { config: { username, password } },
    },
    schema: 'kept',
    quote: quoteIdent,
    names: hostileNames(),
    run: (...statements) => server.run(database, statements.join(';')),
    stop: () => server.stop(),
  }
}

const mariaDb = async (): Promise<Server> => {
  const server = await startMariaDb()
  await server.run(
    'CREATE DATABASE kept',
    'CREATE DATABASE other',
    `CREATE USER etl@'127.0.0.1' IDENTIFIED BY 'canary'`,
    `GRANT SELECT ON *.* TO etl@'127.0.0.1'`,
  )
  return {
    type: 'mysql',
    settings: {
      config: { host: '127.0.0.1', port: server.port, database: 'kept', ssl_mode: 'disable' },
      credential: { config: { username: 'etl', password: 'canary' } },
    },
    schema: 'kept',
    quote: (name) => `\`${name.replaceAll('`', '``')}\``,
    // Names there end in no space and hold nothing beyond the first plane.
    names: hostileNames().filter((name) => name.trimEnd() === name && !/[\u{10000}-\u{10ffff}]/u.test(name)),
    run: server.run,
    stop: () => server.stop(),
  }
}

const sqlite = (): Server => {
  const folder = path.join(engine.home, 'files')
  mkdirSync(folder, { recursive: true })
  const file = new DatabaseSync(path.join(folder, 'refreshed.db'))
  const lower = (text: string) => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return {
    type: 'sqlite',
    settings: { config: { path: 'refreshed.db' } },
    schema: 'main',
    quote: quoteIdent,
    // Case does not tell tables apart there.
    names: [...new Map(hostileNames().map((name) => [lower(name), name])).values()],
    run: async (...statements) => {
      for (const statement of statements) file.exec(statement)
    },
    stop: () => file.close(),
  }
}

const servers: [string, () => Server | Promise<Server>][] = [
  ...(serverNames.length > 1 ? [['PostgreSQL 15', postgres15] satisfies [string, () => Promise<Server>]] : []),
  ...(hasMariaDb ? [['MariaDB', mariaDb] satisfies [string, () => Promise<Server>]] : []),
  ['SQLite', sqlite],
]

describe.each(servers)('a refresh of %s', (name, open) => {
  const ref = name.toLowerCase().replaceAll(' ', '-')
  let server: Server
  let id = ''
  const table = (one: string, schema = server.schema) =>
    server.type === 'sqlite' ? server.quote(one) : `${server.quote(schema)}.${server.quote(one)}`
  const current = async () => {
    const where = { connectionId: id, untilAt: null, type: 'relation', schema: server.schema }
    return (await db().sourceObject.findMany({ where, orderBy: { name: 'asc' } })).map((one) => one.name)
  }
  beforeAll(async () => {
    server = await open()
    await server.run(
      `create table ${table('parents')} (id int primary key, name varchar(20))`,
      `create table ${table('children')} (id int primary key, parent_id int, foreign key (parent_id) references ${server.type === 'sqlite' ? 'parents' : table('parents')} (id))`,
      `create table ${table('tmp_gone')} (id int)`,
    )
    id = await create(ref, server.type, server.settings)
  }, 120_000)
  afterAll(() => server?.stop())

  test('keeps what there is, finds what changed, and tells it as a change', { timeout: 120_000 }, async () => {
    const first = await refresh(ref)
    expect(first).toMatchObject({ status: 'done', removed: 0, changed: 0, problem: null })
    expect(await current()).toEqual(['children', 'parents', 'tmp_gone'])
    expect(await refresh(ref)).toMatchObject({ status: 'done', added: 0, changed: 0, removed: 0 })
    await server.run(
      `alter table ${table('parents')} add column more int`,
      `drop table ${table('tmp_gone')}`,
      `create table ${table('tmp_new')} (id int)`,
    )
    const second = await refresh(ref)
    expect(second).toMatchObject({ status: 'done', added: 1, changed: 1, removed: 1 })
    const { body } = await call('GET', `${ref}/changes?from=${first.started_at}&to=${second.started_at}`)
    expect(JSON.stringify(body.data)).toContain('more')
    const detail = await call('GET', `${ref}/tables/${relationSegment(server.schema, 'parents')}`)
    expect(detail.body.data.columns.map((column: { name: string }) => column.name)).toEqual(['id', 'name', 'more'])
    expect(detail.body.data.referenced_by).toMatchObject([{ from: { schema: server.schema, name: 'children' } }])
  })

  test('may be of one table, and leaves out what the patterns say', { timeout: 120_000 }, async () => {
    await server.run(
      `alter table ${table('parents')} add column again int`,
      `alter table ${table('children')} add column again int`,
    )
    const scope = { schema: server.schema, table: 'children' }
    expect(await refresh(ref, scope)).toMatchObject({ status: 'done', added: 0, changed: 1, removed: 0, relations: 1 })
    expect((await call('PUT', `${ref}/configuration`, { exclude: ['*.tmp_*'] })).status).toBe(200)
    expect(await refresh(ref)).toMatchObject({ status: 'done', added: 0, changed: 1, removed: 1 })
    expect(await current()).toEqual(['children', 'parents'])
    expect((await call('PUT', `${ref}/configuration`, { exclude: [] })).status).toBe(200)
    expect(await refresh(ref)).toMatchObject({ added: 1 })
  })

  test('forgets what was over longer ago than is to be kept, and nothing that is', { timeout: 120_000 }, async () => {
    const count = (untilAt: null | { not: null }) => db().sourceObject.count({ where: { connectionId: id, untilAt } })
    const [kept, over] = [await count(null), await count({ not: null })]
    expect(over).toBeGreaterThan(3)
    await forgetOld()
    expect(await count({ not: null })).toBe(over)
    const days = (number: number) => new Date(Date.now() - number * 86_400_000)
    const past = await db().sourceObject.findMany({ where: { connectionId: id, untilAt: { not: null } } })
    const [one, ...others] = past.map((object) => object.id)
    await db().sourceObject.updateMany({ where: { connectionId: id }, data: { fromAt: days(200) } })
    await db().sourceObject.updateMany({ where: { id: { in: others } }, data: { untilAt: days(91) } })
    await db().sourceObject.updateMany({ where: { id: one ?? 0n }, data: { untilAt: days(89) } })
    await forgetOld()
    expect([await count(null), await count({ not: null })]).toEqual([kept, 1])
    expect(await db().sourceStructure.count({ where: { objectId: { in: others } } })).toBe(0)
    expect((await call('PUT', `${ref}/configuration`, { retention_days: 60 })).status).toBe(200)
    await forgetOld()
    expect([await count(null), await count({ not: null })]).toEqual([kept, 0])
  })

  test('carries hostile names through list, tree, search and detail as they are', { timeout: 240_000 }, async () => {
    expect(server.names.length).toBeGreaterThan(150)
    const columns = (one: string) => [one, ...['__proto__', 'constructor'].filter((column) => column !== one)]
    await server.run(
      ...server.names.flatMap((one) => [
        `create table ${table(one)} (${columns(one)
          .map((column) => `${server.quote(column)} int`)
          .join(', ')})`,
        ...(server.type === 'postgres' ? [`comment on table ${table(one)} is ${quoteLiteral(one)}`] : []),
      ]),
    )
    const schemas = server.type === 'postgres' ? server.names.slice(0, 40) : []
    await server.run(
      ...schemas.flatMap((one) => [
        `create schema ${server.quote(`s ${one}`)}`,
        `create table ${table(one, `s ${one}`)} (a int)`,
      ]),
    )
    const all = await refresh(ref)
    expect(all).toMatchObject({ status: 'done', removed: 0, changed: 0, added: server.names.length + schemas.length })
    expect(await current()).toEqual(expect.arrayContaining(server.names))
    expect(await refresh(ref)).toMatchObject({ status: 'done', added: 0, changed: 0, removed: 0 })

    const listed = await call('GET', `${ref}/tables?schema=${server.schema}&limit=500&detail=columns`)
    const raw = listed.text.replaceAll('\n', '')
    expect([...raw].filter((letter) => letter < ' ')).toEqual([])
    const byName = new Map(
      listed.body.data.map((one: { name: string; columns: { name: string }[] }) => [one.name, one]),
    )
    for (const one of server.names)
      expect(byName.get(one)).toMatchObject({ columns: columns(one).map((column) => ({ name: column })) })
    for (const schema of schemas) {
      const answer = await call('GET', `${ref}/tables?schema=${encodeURIComponent(`s ${schema}`)}`)
      expect(answer.body.data.map((relation: { name: string }) => relation.name)).toEqual([schema])
    }
    for (const one of server.names.filter((_, index) => index % 4 === 0)) {
      const detail = await call('GET', `${ref}/tables/${relationSegment(server.schema, one)}`)
      expect([one, detail.body.data?.name]).toEqual([one, one])
      const found = await call('GET', `${ref}/tables?schema=${server.schema}&limit=500&q=${encodeURIComponent(one)}`)
      expect(found.body.data.map((relation: { name: string }) => relation.name)).toContain(one)
    }
  })
})

test.skipIf(serverNames.length < 2)(
  'on PostgreSQL 15 a schema that cannot be read costs only itself, and what is known of it stays',
  { timeout: 120_000 },
  async () => {
    const server = await openServer('Debian')
    const database = 'refreshed_in_part'
    const { username, password } = server.admin
    try {
      await server.run('postgres', `create database ${database}`)
      await server.run(
        database,
        'create schema broken; create table broken.t (a int, constraint odd check (a > 0)); create schema sound; create table sound.t (a int)',
      )
      const config = { host: '127.0.0.1', port: server.port, database, ssl_mode: 'disable' }
      const id = await create('part-15', 'postgres', { config, credential: { config: { username, password } } })
      await refresh('part-15')
      await server.run(
        database,
        `set allow_system_table_mods = on; update pg_constraint set conbin = null where conname = 'odd';
        create table sound.added (a int)`,
      )
      const second = await refresh('part-15')
      expect(second).toMatchObject({ status: 'partial', added: 1, removed: 0, problem: { code: 'upstream_failed' } })
      expect(second.problem.detail).toContain('broken')
      const current = { connectionId: id, schema: 'broken', untilAt: null }
      expect(await db().sourceObject.count({ where: current })).toBe(1)
      await server.run(database, 'drop schema broken cascade')
      expect(await refresh('part-15')).toMatchObject({ status: 'done', removed: 1 })
    } finally {
      server.stop()
    }
  },
)

test.skipIf(!hasMariaDb)('functions and procedures are kept, also two of one name', { timeout: 120_000 }, async () => {
  const server = await mariaDb()
  try {
    const id = await create('routines', server.type, server.settings)
    await refresh('routines')
    await server.run(
      'create function kept.both() returns int return 1',
      'create procedure kept.both() begin end',
      'create procedure kept.gone(in a int) select a',
    )
    expect(await refresh('routines')).toMatchObject({ status: 'done', added: 3, problem: null })
    await server.run(
      'drop procedure kept.gone',
      'drop function kept.both',
      'create function kept.both() returns int return 2',
    )
    expect(await refresh('routines')).toMatchObject({ status: 'done', added: 0, changed: 1, removed: 1 })
    const where = { connectionId: id, untilAt: null, type: 'routine' }
    const found = await db().sourceObject.findMany({ where, orderBy: { name: 'asc' } })
    expect(found.map((one) => [one.name, one.kind])).toEqual([
      ['both()', 'function'],
      ['both(PROCEDURE)', 'procedure'],
    ])
  } finally {
    await server.stop()
  }
})
