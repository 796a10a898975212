import { choicesFrom } from '../../_sql/testing/choices.ts'

/**
 * Statements as somebody could think of them, and worse: a grammar of what reads and what writes, wrapped, commented,
 * escaped and broken. They are about the tables of `victim.ts`; the same numbers give the same statement.
 */
export const randomStatement = (random: () => number): string => {
  const { chance, pick, one, some, maybe } = choicesFrom(random)

  const table = () => pick(['victim', 'victim', 'public.victim', '"victim"', 'U&"\\0076ictim"', 'victim_copy', 'sly'])
  const call = (depth: number): string =>
    one(
      () => pick(['now()', 'random()', 'pg_backend_pid()', "current_setting('work_mem')", 'version()', 'current_user']),
      () => `${pick(['abs', 'length', 'coalesce', 'pg_catalog.lower', 'md5', 'max', 'count'])}(${expression(depth)})`,
      () => pick(effects),
      () => pick(['write_victim()', 'write_quietly()', 'public.write_victim()', '"write_victim"()']),
    )
  const expression = (depth: number): string => {
    if (depth <= 0) return pick(literals)
    return one(
      () => pick(literals),
      () => pick(['id', 'v.id', 'null', '*']),
      () => call(depth - 1),
      () =>
        `${expression(depth - 1)} ${pick(['+', '=', '<', '||', 'and', 'is distinct from'])} ${expression(depth - 1)}`,
      () => `(${query(depth - 1)})`,
      () => `exists (${query(depth - 1)})`,
      () => `case when ${expression(depth - 1)} then ${expression(depth - 1)} end`,
      () => `array(${query(depth - 1)})`,
      () => `cast(${expression(depth - 1)} as text)`,
    )
  }
  const source = (depth: number): string =>
    one(
      () => `${table()} v`,
      () => table(),
      () => `generate_series(1, 3) v (id)`,
      () => `(${query(depth - 1)}) v`,
      () => `lateral (${query(depth - 1)}) v`,
      () => `victim v join victim_copy w using (id)`,
      () => `rows from (${call(0)}) v`,
      () => `xmltable('/a' passing '<a/>' columns b text)`,
    )
  const select = (depth: number): string =>
    `select ${some(() => expression(depth), 3)}${maybe(0.05, () => 'into another')} from ${source(depth)}` +
    maybe(0.3, () => `where ${expression(depth)}`) +
    maybe(0.1, () => `group by ${expression(0)} having ${expression(depth)}`) +
    maybe(0.2, () => `order by ${expression(depth - 1)}`) +
    maybe(0.3, () => `limit ${pick(['1', '10', 'null'])}`) +
    maybe(0.08, () => pick(locks))
  const query = (depth: number): string => {
    if (depth <= 0) return pick(['select 1', 'values (1)', 'table victim', 'select id from victim'])
    return one(
      () => select(depth),
      () => select(depth),
      () => `values (${some(() => expression(depth - 1), 2)})`,
      () => `table ${table()}`,
      () => `${query(depth - 1)} ${pick(['union all', 'except', 'intersect'])} ${query(depth - 1)}`,
      () =>
        `with ${pick(['', 'recursive '])}w as (${chance(0.3) ? change(depth - 1) : query(depth - 1)}) select * from w`,
      () => `with w as ${pick(['materialized', 'not materialized'])} (${query(depth - 1)}) table w`,
    )
  }
  const returning = () => maybe(0.4, () => 'returning *')
  const change = (depth: number): string =>
    one(
      () => `insert into ${table()} values (${pick(['70', '71', expression(0)])})${returning()}`,
      () => `insert into victim ${query(depth)}${returning()}`,
      () => `insert into victim values (1) on conflict (id) do update set id = 72${returning()}`,
      () => `update ${table()} set id = ${pick(['73', 'id + 100'])}${returning()}`,
      () => `delete from ${table()}${returning()}`,
      () => `merge into victim using (values (1)) s (id) on victim.id = s.id when matched then delete`,
    )
  const statement = (depth: number): string =>
    one(
      () => query(depth),
      () => query(depth),
      () => query(depth),
      () => `select id${maybe(0.3, () => 'into another')} from victim${maybe(0.5, () => pick(locks))}`,
      () => `select ${pick(effects)}${maybe(0.5, () => 'from victim')}`,
      () => change(depth),
      () =>
        `explain ${pick(['', 'analyze ', '(analyze, timing off) ', 'verbose ', '(analyze false) '])}${one(
          () => query(depth),
          () => change(depth),
          () => `create table another as ${query(depth - 1)}`,
        )}`,
      () => pick(others),
      () =>
        `${pick(wrappers)}${one(
          () => query(depth),
          () => change(depth),
        )}`,
      () =>
        `copy (${one(
          () => query(depth),
          () => change(depth),
        )}) to stdout`,
      () =>
        `do $do$ begin ${one(
          () => `perform ${call(0)};`,
          () => `${change(0)};`,
          () => pick(['commit;', 'rollback;', "execute 'truncate victim';"]),
        )} end $do$`,
      () =>
        `select query_to_xml($x$${one(
          () => query(0),
          () => change(0),
        )}$x$, true, true, '')`,
    )

  const gap = () => (chance(0.9) ? ' ' : pick(gaps))
  const letters = (word: string) => (chance(0.1) ? word.toUpperCase() : word)
  /** What stands between quotes is left as it is. */
  const dressed = (text: string): string =>
    text
      .split(/('(?:[^']|'')*'|"[^"]*"|\$(?:do|x|q)\$.*?\$(?:do|x|q)\$)/)
      .map((part, place) => (place % 2 === 1 ? part : part.replace(/ /g, gap).replace(/[a-z_]+/g, letters)))
      .join('')
  const broken = (text: string): string => {
    const at = Math.floor(random() * text.length)
    const piece = text.slice(at, at + 1 + Math.floor(random() * 6))
    return one(
      () => text.slice(0, at) + text.slice(at + piece.length),
      () => text.slice(0, at) + piece + text.slice(at),
      () =>
        text.slice(0, at) +
        pick(["'", '"', '$$', '/*', '*/', '--', '(', ')', ';', '\\', '\u00a0', '\ufeff']) +
        text.slice(at),
    )
  }
  const text = dressed(`${maybe(0.08, () => pick(before))}${statement(3)}${maybe(0.12, () => pick(after))}`)
  return chance(0.12) ? broken(text) : text
}

const literals = [
  '1',
  "'x'",
  'null',
  "E'\\x41'",
  "U&'\\0041'",
  '$q$x$q$',
  '1.5e3',
  "date '2026-01-01'",
  'true',
  "B'1'",
  '$1',
]

const effects = [
  `nextval('counter')`,
  `setval('counter', 9)`,
  `set_config('transaction_read_only', 'off', false)`,
  `set_config('work_mem', '1MB', false)`,
  `pg_notify('c', 'x')`,
  `pg_catalog.lo_create(0)`,
  `lo_from_bytea(0, 'x')`,
  `pg_try_advisory_lock(1)`,
  `"pg_catalog"."nextval"('counter')`,
  `U&"n\\0065xtval"('counter')`,
]

const others = [
  ...['truncate victim', 'drop table victim', 'create table another (id int)', 'create temp table another (id int)'],
  ...[
    'create view another as select 1',
    'alter table victim add x int',
    'create index on victim (id)',
    'show work_mem',
  ],
  ...['call write_procedure()', 'call commit_procedure()', 'commit', 'rollback', 'commit and chain', 'begin', 'abort'],
  ...[
    'set transaction read write',
    'set default_transaction_read_only = off',
    'reset all',
    'discard all',
    'savepoint s',
  ],
  ...['set session characteristics as transaction read write', 'lock table victim', 'listen c', `notify c, 'x'`],
  ...['refresh materialized view victim_copy', 'vacuum victim', 'analyze victim', 'reindex table victim', 'checkpoint'],
  ...['copy victim from stdin', 'copy victim to stdout', `comment on table victim is 'x'`, 'create sequence another'],
  ...['grant select on victim to public', 'create schema another', `load 'plpgsql'`, 'show all', 'deallocate all'],
  ...[
    'alter sequence counter restart with 99',
    'execute p',
    'fetch all from c',
    'close all',
    'prepare transaction $$x$$',
  ],
]

const locks = ['for update', 'for share', 'for key share nowait', 'for no key update']

const wrappers = [
  ...['prepare p as ', 'declare c cursor for ', 'declare c cursor with hold for ', 'create table another as '],
  ...['create materialized view another as ', 'create temp table another as ', 'create view another as '],
]

const gaps = ['\n', '\t', '\f', '\r\n', '/**/', ' /* select */ ', ' /* a /* b */ c */ ', ' -- x\n', ' --\r\n']
const before = ['/* select */', '-- select\n', ';', '\ufeff', '(', 'begin;', 'explain', 'explain analyze', 'select 1;']
const after = [
  ';',
  ';;',
  '-- end',
  '/* end */',
  '; drop table victim',
  '; commit; insert into victim values (77)',
  ')',
  '; select 1',
]
