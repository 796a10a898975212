import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { discoverRequest } from '../contract.ts'
import { runDiscover } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'

/** Everything that a relation can show, or name in what it shows, and a change of each. */
const changes = [
  'create table app.added (id int)',
  'drop table app.added',
  'alter table app.parent rename to elder',
  'alter table app.elder rename to parent',
  'alter table app.parent rename column id to key',
  'alter table app.child add column extra text',
  'alter table app.child drop column extra',
  'alter table app.child alter column number type bigint',
  'alter table app.child alter column note set not null',
  'alter table app.child alter column note drop not null',
  `alter table app.child alter column note set default 'x'`,
  `alter table app.child alter column note set default 'y'`,
  'alter table app.child alter column note drop default',
  `comment on column app.child.note is 'said'`,
  `comment on column app.child.note is 'said again'`,
  'comment on column app.child.note is null',
  `comment on table app.child is 'small'`,
  'comment on table app.child is null',
  'alter table app.child add constraint one unique (note)',
  'alter table app.child rename constraint one to only_one',
  'alter table app.child drop constraint only_one',
  'alter table app.child add constraint positive check (amount > 0)',
  'alter table app.child drop constraint positive',
  'alter table app.child drop constraint child_parent_id_fkey',
  'alter table app.child add constraint back foreign key (parent_id) references app.parent on delete cascade not valid',
  'alter table app.child validate constraint back',
  'alter table app.child alter constraint back deferrable initially deferred',
  'create index by_note on app.child (note)',
  'alter index app.by_note rename to by_notes',
  'drop index app.by_notes',
  'create index odd on app.child (app.twice(amount)) where amount > 0',
  'alter function app.twice(int) rename to double',
  'alter function app.double(int) set schema other',
  'alter sequence app.numbers rename to counter',
  'alter sequence app.counter set schema other',
  `alter type app.mood rename value 'good' to 'fine'`,
  'alter type app.mood rename to humour',
  'alter type app.humour set schema other',
  'alter domain app.positive rename to more',
  'alter type app.pair rename attribute a to first',
  'alter table app.row_of rename to rows_of',
  'alter table app.child alter column id drop identity',
  'alter table app.child alter column id add generated always as identity',
  'create or replace view app.seen as select id, note, 1 as more from app.child',
  'alter table app.child rename column note to remark',
  'alter view app.seen rename to looked_at',
  'alter table app.parted rename to whole',
  'alter table app.whole rename column at to moment',
  'alter table app.whole detach partition app.part',
  'alter table app.part set schema other',
  'alter schema other rename to another',
  'alter collation app.plain rename to simple',
  'alter operator app.=== (text, text) set schema another',
  'create schema empty',
  `comment on schema empty is 'nothing'`,
  'alter schema empty owner to stamps_owner',
  'alter role stamps_owner rename to stamps_owned',
  'drop schema empty',
  `create or replace function app.plain(x int) returns int language sql as 'select 2'`,
  `comment on function app.plain(int) is 'plain'`,
  `alter type another.humour add value 'new'`,
  `comment on type another.humour is 'how one feels'`,
  'create table app.pairs (a int, b int, c int, unique (a, b)); create table app.uses (a int, b int, foreign key (a, b) references app.pairs (a, b))',
  'alter table app.pairs rename column b to d',
  'alter table app.pairs rename column a to x; alter table app.pairs rename column d to a; alter table app.pairs rename column x to d',
  'create table app.one (id int primary key); create table app.two (id int primary key); create table app.both (a int references app.one, b int references app.two)',
  'alter table app.one rename to three; alter table app.two rename to one; alter table app.three rename to two',
  'create schema third; alter table app.one set schema third',
  'alter schema third rename to last',
]

const fixture = `
  create schema app; create schema other;
  create type app.mood as enum ('good', 'bad'); create type app.pair as (a int, b int);
  create domain app.positive as int check (value > 0); create collation app.plain (locale = 'C');
  create sequence app.numbers;
  create function app.twice(int) returns int immutable language sql as 'select $1 * 2';
  create function app.plain(x int) returns int language sql as 'select 1';
  create function app.same(text, text) returns boolean immutable language sql as 'select $1 = $2';
  create operator app.=== (leftarg = text, rightarg = text, function = app.same);
  create table app.parent (id int primary key);
  create table app.row_of (a int);
  create table app.child (id int generated by default as identity primary key, parent_id int references app.parent, note text,
    amount int default app.twice(2), feels app.mood default 'good', number int default nextval('app.numbers'), size app.positive,
    name text collate app.plain, ends app.pair, whole app.row_of, twice int generated always as (amount * 2) stored);
  create view app.seen as select id, note from app.child;
  create view app.joined as select c.amount, (c.ends).a as deep, p.id as parent, c.name operator(app.===) 'x' as is_x, (c.note collate app.plain) as folded
    from app.child c join app.parent p on p.id = c.parent_id;
  create materialized view app.kept as select count(*) as n from app.joined;
  create table app.parted (at date, what text) partition by range (at);
  create table app.part partition of app.parted for values from ('2026-01-01') to ('2027-01-01')`

const line = z.looseObject({ type: z.string(), schema: z.string().optional(), name: z.string().optional() })

describe.each(serverNames)('stamps and fingerprint on the %s server', (name) => {
  let server: TestServer
  const database = 'runner_stamps_database'
  beforeAll(async () => {
    server = await openServer(name)
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    await server.run('postgres', 'drop role if exists stamps_owner, stamps_owned')
    await server.run('postgres', `create database ${database}`)
    await server.run('postgres', 'create role stamps_owner')
    await server.run(database, fixture)
  })
  afterAll(async () => {
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    await server.run('postgres', 'drop role if exists stamps_owner, stamps_owned')
    server.stop()
  })
  const everything = async (more: Partial<z.input<typeof discoverRequest>> = {}) => {
    const options = { config: { port: server.port, database }, credential: server.admin }
    return read(await runDiscover(options, { what: 'everything', detail: 'full', ...more }, line))
  }

  it('differ whenever anything that is shown differs, and are the same while nothing does', async () => {
    let before = await everything()
    for (const change of changes) {
      await server.run(database, change)
      const after = await everything()
      const shown = differing(before.shown, after.shown)
      expect([change, shown.length > 0, before.value !== after.value]).toEqual([change, true, true])
      const relations = shown.filter((key) => key.startsWith('relation '))
      if (before.base === after.base) {
        const stamped = differing(before.stamps, after.stamps)
        expect([change, relations.filter((key) => !stamped.includes(key))]).toEqual([change, []])
      }
      expect([change, await everything({ unless: after.value })]).toMatchObject([
        change,
        { lines: 1, value: after.value },
      ])
      before = after
    }
  })

  it('say of a change to a table that it is of this table and of who names it, and of no others', async () => {
    const before = await everything()
    await server.run(database, 'alter table app.parent add column more int')
    const brief = await everything({ unless: before.value, stamps: before.base ?? '' })
    expect(brief.base).toBe(before.base)
    // Of what a foreign key points at only names are shown.
    expect(differing(before.stamps, brief.stamps)).toEqual(['relation app.joined', 'relation app.parent'])
    expect(brief.counts).toEqual((await everything()).counts)
    expect([...brief.shown.keys()].filter((key) => key.startsWith('relation '))).toEqual([])
    const only = await everything({
      only: [
        ['app', 'parent'],
        ['app', 'no such'],
      ],
    })
    expect([...only.shown.keys()]).toEqual(['relation app.parent'])
    expect(only.shown).toEqual(
      new Map([...(await everything()).shown].filter(([key]) => key === 'relation app.parent')),
    )
  })

  it('stay the same when rows are only counted', async () => {
    const before = await everything()
    await server.run(
      database,
      'insert into app.parent select n from generate_series(1, 500) n; analyze app.parent; vacuum app.parent'.split(
        ';',
      )[0] ?? '',
    )
    await server.run(database, 'analyze app.parent')
    const after = await everything({ stamps: before.base ?? '' })
    expect([after.value, after.stamps]).toEqual([before.value, before.stamps])
    expect(differing(before.counts, after.counts)).toEqual(['relation app.parent'])
  })
})

/** What came, apart: what is shown of each thing, its counts, its stamp. */
const read = (lines: readonly z.output<typeof line>[]) => {
  const [shown, counts, stamps] = [new Map<string, string>(), new Map<string, string>(), new Map<string, string>()]
  let value: unknown
  let base: unknown
  for (const { stamp, row_estimate, size_bytes, ...rest } of lines) {
    if (rest.type === 'fingerprint') [value, base] = [rest.value, rest.base]
    const isStamp = rest.type === 'stamp'
    const key = `${isStamp ? 'relation' : rest.type} ${rest.schema ?? ''}.${rest.name ?? ''}`
    if (typeof stamp === 'string') stamps.set(key, stamp)
    if (isStamp || rest.type === 'relation') counts.set(key, `${row_estimate} ${size_bytes}`)
    if (!isStamp && rest.type !== 'fingerprint')
      shown.set(key, JSON.stringify(rest).replaceAll(/"size_bytes":\d+/g, ''))
  }
  return {
    lines: lines.length,
    shown,
    counts,
    stamps,
    value: String(value),
    base: base === undefined ? undefined : String(base),
  }
}

const differing = (one: Map<string, string>, other: Map<string, string>): string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((key) => one.get(key) !== other.get(key)).sort()
