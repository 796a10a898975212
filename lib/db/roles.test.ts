import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it, test } from 'vitest'
import { openDatabase, prepareSchema } from '#lib/supervisor/database'
import { db } from './client.ts'
import { migrate } from './migrate.ts'
import { appendOnlyTables, appRole, ownerRole } from './roles.ts'
import { useTestDatabase } from './testing.ts'

const database = useTestDatabase()
const server = inject('databaseServer')

const ask = async (url: string, statement: string) => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

test('every test of the product runs as the role that real installations run as', async () => {
  const [who] = await db().$queryRaw<object[]>`
    select current_user as name, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
      pg_has_role(${ownerRole}, 'member') as "isOwner", (select count(*)::int from pg_class where relowner = r.oid) as owns
    from pg_roles r where rolname = current_user`
  const no = { rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolreplication: false, rolbypassrls: false }
  expect(who).toEqual({ name: appRole, ...no, isOwner: false, owns: 0 })
})

describe('the product’s own role can only add to the trail (AUDIT-4)', () => {
  const attempts = (table: string): string[] => [
    `update ${table} set ${table === 'audit_events' ? 'event' : 'chain'} = 'x'`,
    `delete from ${table}`,
    `truncate ${table}`,
    `select 1 from ${table} for update`,
    `alter table ${table} disable trigger all`,
    `alter table ${table} disable trigger ${table}_append_only`,
    `alter table ${table} rename to away`,
    `alter table ${table} owner to ${appRole}`,
    `drop trigger ${table}_append_only on ${table}`,
    `drop table ${table} cascade`,
    `create rule nothing as on insert to ${table} do instead nothing`,
    `create trigger mine before insert on ${table} execute function audit_append_only()`,
    `create policy none on ${table} using (false)`,
    `grant delete on ${table} to ${appRole}; delete from ${table}`,
    `insert into ${table} select * from ${table} on conflict ${table === 'audit_events' ? '(id)' : '(chain, seq)'} do update set ${table === 'audit_events' ? 'event' : 'chain'} = 'x'`,
  ]
  const elsewhere = [
    'set session_replication_role = replica',
    `set role ${ownerRole}`,
    'set role postgres',
    `set session authorization ${ownerRole}`,
    'create table audit_other (id int)',
    'create schema other',
    'create function f() returns int language sql as $$ select 1 $$',
    `create or replace function audit_append_only() returns trigger language plpgsql as $$ begin return null; end $$`,
    `drop function audit_append_only() cascade`,
    `alter role ${appRole} superuser`,
    'create role eve login superuser',
    `grant ${ownerRole} to ${appRole}`,
    'delete from _prisma_migrations',
    "copy audit_events to program 'true'",
  ]

  it.each([...appendOnlyTables.flatMap(attempts), ...elsewhere])('refused: %s', async (statement) => {
    await expect(ask(database.url(), statement)).rejects.toMatchObject({ code: '42501' })
  })

  it('also in a table that a later migration makes, it may do no more than work with rows', async () => {
    await ask(database.ownerUrl(), 'create table later (id int)')
    await expect(ask(database.url(), 'select * from later')).rejects.toMatchObject({ code: '42501' })
    await migrate(database.ownerUrl(), { app: database.url() })
    await ask(database.url(), 'insert into later values (1)')
    expect(await ask(database.url(), 'select * from later')).toEqual([{ id: 1 }])
    await expect(ask(database.url(), 'truncate later')).rejects.toMatchObject({ code: '42501' })
    await expect(ask(database.url(), 'delete from audit_seals')).rejects.toMatchObject({ code: '42501' })
  })
})

it.each(appendOnlyTables)('%s: who owns it does not update, delete or empty it either', async (table) => {
  const column = table === 'audit_events' ? 'event' : 'chain'
  for (const statement of [`delete from ${table}`, `truncate ${table}`, `update ${table} set ${column} = 'x'`]) {
    await expect(ask(database.ownerUrl(), statement)).rejects.toMatchObject({ code: '42501' })
    // The trigger, which stops also whoever gives themselves the right.
    await expect(ask(database.ownerUrl(), `grant all on ${table} to ${ownerRole}; ${statement}`)).rejects.toThrow(
      'only grows',
    )
  }
})

describe('an external database', () => {
  const at = (username: string, name = 'roles_external') =>
    Object.assign(new URL(server), { username, password: encodeURIComponent('p@ss w%rd'), pathname: `/${name}` }).href
  beforeAll(async () => {
    await ask(server, `create role roles_owner login password 'p@ss w%rd'`)
    await ask(server, 'create database roles_external owner roles_owner')
  })
  afterAll(async () => {
    await ask(server, 'drop database if exists roles_external with (force)')
    for (const role of ['roles_owner', 'roles_app']) await ask(server, `drop role if exists ${role}`)
  })

  it('without the product’s role says what to ask an administrator for, then gives it its rights', async () => {
    const addresses = { app: at('roles_app'), owner: at('roles_owner') }
    await expect(prepareSchema(addresses)).rejects.toThrow('create role "roles_app" login password')
    await ask(server, `create role roles_app login password 'p@ss w%rd'`)
    await prepareSchema(addresses)
    expect(await ask(addresses.app, 'select count(*)::int as n from audit_events')).toEqual([{ n: 0 }])
    await expect(ask(addresses.app, 'delete from audit_events')).rejects.toMatchObject({ code: '42501' })
  })

  it('makes the role by itself where the one that migrates may', async () => {
    await ask(server, 'create database roles_made')
    const addresses = {
      app: at('roles_made_app', 'roles_made'),
      owner: Object.assign(new URL(server), { pathname: '/roles_made' }).href,
    }
    await Promise.all([prepareSchema(addresses), prepareSchema(addresses)])
    expect(await ask(addresses.app, 'select current_user as name')).toEqual([{ name: 'roles_made_app' }])
    await ask(server, 'drop database roles_made with (force)')
    await ask(server, 'drop role roles_made_app')
  })
})

it('the embedded database opens to neither role with the password of the other', async () => {
  const { app, owner } = await openDatabase(server)
  expect(await ask(app.replace(/\/jackfield$/, '/postgres'), 'select current_user as name')).toEqual([
    { name: appRole },
  ])
  const { password } = new URL(app)
  const mixed = Object.assign(new URL(owner), { password, pathname: '/postgres' }).href
  await expect(ask(mixed, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  await ask(server, `drop database ${ownerRole}`)
})
