import { choicesFrom } from '../../_sql/testing/choices.ts'

/**
 * Statements as somebody could think of them, and worse: a grammar of what reads and what writes, wrapped, commented,
 * escaped, glued together and broken. They are about the tables of `read-only-fuzz.test.ts`; the same numbers give the same
 * statement.
 */
export const randomStatement = (random: () => number): string => {
  const { chance, pick, one, some, maybe } = choicesFrom(random)

  const table = () => pick(['t', 't', 'shop.t', '`t`', 'm', 'ar', 'v', 'writing_view'])
  const call = (depth: number): string =>
    one(
      () => pick(['now()', 'rand()', 'connection_id()', '@@sql_mode', 'version()', 'current_user()', 'row_count()']),
      () => `${pick(['abs', 'length', 'coalesce', 'lower', 'md5', 'max', 'count', 'sleep'])}(${expression(depth)})`,
      () => pick(['replace(a, 1, 2)', "insert('a', 1, 1, 'b')", 'values(a)', 'convert(a, char)', 'if(1, a, 2)']),
      () => pick(effects),
      () => pick(['inserts()', 'lifts()', 'shop.inserts()', '`inserts`()']),
    )
  const expression = (depth: number): string => {
    if (depth <= 0) return pick(literals)
    return one(
      () => pick(literals),
      () => pick(['a', 'x.a', 'null', '@left', '@left := 1']),
      () => call(depth - 1),
      () =>
        `${expression(depth - 1)} ${pick(['+', '=', '<', '||', 'and', '<=>', 'like', '--1 +'])} ${expression(depth - 1)}`,
      () => `(${query(depth - 1)})`,
      () => `exists (${query(depth - 1)})`,
      () => `case when ${expression(depth - 1)} then ${expression(depth - 1)} end`,
      () => `cast(${expression(depth - 1)} as char)`,
    )
  }
  const source = (depth: number): string =>
    one(
      () => `${table()} x`,
      () => table(),
      () => 'seq_1_to_3 x',
      () => `(${query(depth - 1)}) x`,
      () => 't x join m y using (a)',
      () => `json_table('[1]', '$[*]' columns (a int path '$')) x`,
    )
  const select = (depth: number): string =>
    `select ${some(() => expression(depth), 3)} from ${source(depth)}${maybe(0.3, () => `where ${expression(depth)}`)}` +
    maybe(0.1, () => `group by ${expression(0)}${maybe(0.5, () => 'with rollup')}`) +
    maybe(0.2, () => `order by ${expression(0)}`) +
    maybe(0.3, () => `limit ${pick(['1', '10', '1.5', '1e1'])}`) +
    maybe(0.08, () => pick(into)) +
    maybe(0.08, () => pick(locks))
  const query = (depth: number): string => {
    if (depth <= 0) return pick(['select 1', 'values (1)', 'select a from t', 'select * from m'])
    return one(
      () => select(depth),
      () => select(depth),
      () => `values (${some(() => expression(depth - 1), 2)})`,
      () => `${query(depth - 1)} ${pick(['union all', 'except', 'intersect', 'union'])} ${query(depth - 1)}`,
      () => `with ${pick(['', 'recursive '])}w as (${query(depth - 1)}) select * from w`,
      () => `with w as (select 1) ${change(0)}`,
      () => `(${query(depth - 1)})`,
    )
  }
  const change = (depth: number): string =>
    one(
      () => `insert into ${table()} values (${pick(['70', '71', expression(0)])})${maybe(0.3, () => 'returning a')}`,
      () => `insert into t ${query(depth)}`,
      () => `insert into t values (1) on duplicate key update a = 72`,
      () => `replace into ${table()} values (73)`,
      () => `update ${table()} set a = ${pick(['74', 'a + 100'])}`,
      () => `update (t, m) set t.a = 75, m.a = 76`,
      () => `delete from ${table()}${maybe(0.3, () => 'returning a')}`,
      () => 'delete t from t join m using (a)',
    )
  const inner = (depth: number): string =>
    one(
      () => query(depth),
      () => change(depth),
      () => pick(others),
    )
  const statement = (depth: number): string =>
    one(
      () => query(depth),
      () => query(depth),
      () => query(depth),
      () =>
        `select a from t${maybe(0.5, () => `where a < ${pick(numbers)}`)}${maybe(0.6, () => pick([...locks, ...into]))}`,
      () => `select ${pick(numbers)}${maybe(0.7, () => pick([...locks, ...into]))}`,
      () => `select ${pick(effects)}${maybe(0.5, () => 'from t')}`,
      () => change(depth),
      () => `${pick(['explain', 'describe', 'desc', 'analyze'])} ${pick(formats)}${inner(depth)}`,
      () => `show ${pick(shown)}${maybe(0.6, () => `where ${expression(depth)}`)}`,
      () => pick(others),
      () => `set statement ${pick(settings)} for ${inner(depth)}`,
      () => `begin not atomic ${maybe(0.5, () => `set ${pick(settings)};`)} ${inner(0)}; ${pick(['', 'commit; '])}end`,
      () => `execute immediate '${inner(0).replaceAll("'", "''")}'`,
      () => `prepare p from '${inner(0).replaceAll("'", "''")}'`,
      () =>
        `/*${pick(['!', 'M!', '!50000 ', '!999999 ', 'M!100100 ', ' ', '*!'])}${inner(0)}*/${maybe(0.3, () => query(0))}`,
      () =>
        `${query(0)} /*${pick(['!', 'M!', '!50000 ', '!999999 ', ' ', '+ '])}${pick(['; ', ''])}${pick([change(0), ...into, ...locks])} */`,
      () => `${pick(wrappers)}${inner(depth)}`,
    )

  const gap = () => (chance(0.9) ? ' ' : pick(gaps))
  const letters = (word: string) => (chance(0.1) ? word.toUpperCase() : word)
  /** What stands between quotes is left as it is; now and then nothing stands behind a number. */
  const dressed = (text: string): string =>
    text
      .split(/('(?:[^'\\]|''|\\.)*'|"[^"]*"|`[^`]*`)/)
      .map((part, place) =>
        place % 2 === 1
          ? part
          : part
              .replace(/(?<=\d)([ ])(?=[a-z])/g, () => (chance(0.25) ? '' : ' '))
              .replace(/ /g, gap)
              .replace(/[a-z_]+/g, letters),
      )
      .join('')
  const broken = (text: string): string => {
    const at = Math.floor(random() * text.length)
    const piece = text.slice(at, at + 1 + Math.floor(random() * 6))
    return one(
      () => text.slice(0, at) + text.slice(at + piece.length),
      () => text.slice(0, at) + piece + text.slice(at),
      () => text.slice(0, at) + pick(signs) + text.slice(at),
      () => text.slice(0, at) + pick(signs) + pick(signs) + text.slice(at),
    )
  }
  const text = dressed(`${maybe(0.08, () => pick(before))}${statement(3)}${maybe(0.15, () => pick(after))}`).trimStart()
  return (chance(0.2) ? broken(text) : text) || ';'
}

const numbers = [
  '1',
  '1.5',
  '.5',
  '1.',
  '1e5',
  '1E+5',
  '1.5e3',
  '0x41',
  "x'41'",
  "b'1'",
  '0b1',
  '1_000',
  '1e',
  '@a',
  "@'a'",
]
const literals = [
  ...numbers,
  ...[
    "'x'",
    '"x"',
    "'it''s'",
    "'a\\'b'",
    "'\\\\'",
    '"a\\"b"',
    "''''",
    '`a`',
    "n'x'",
    "_utf8'x'",
    "'a' 'b'",
    "'\\",
    "'; delete from t; '",
  ],
  ...['null', 'true', "date '2026-01-01'", '?', "'/*'", "'*/'", "'-- '", '"#"', '\\N'],
]
const effects = [
  ...[
    'nextval(s)',
    '`nextval`(s)',
    'setval(s, 900)',
    'next value for s',
    'nextval /**/ (s)',
    's.nextval',
    'shop.s.nextval',
    'lastval(s)',
  ],
  ...[
    "get_lock('x', 0)",
    "release_lock('x')",
    'last_insert_id(9)',
    "load_file('/etc/hostname')",
    'previous value for s',
    's.currval',
  ],
]
const into = [
  'into @x',
  "into outfile '$files/out'",
  "into dumpfile '$files/out'",
  'into @x, @y',
  'procedure analyse()',
]
const locks = [
  'for update',
  'for share',
  'lock in share mode',
  'for update nowait',
  'for update skip locked',
  'for system_time all',
]
const formats = [
  '',
  'format=json ',
  'extended ',
  'partitions ',
  'analyze ',
  'format=traditional ',
  'analyze format=json ',
]
const shown = [
  'tables',
  'status',
  'variables',
  'columns from t',
  'create table t',
  'index from t',
  'databases',
  'warnings',
  'grants',
  'procedure status',
  'function code inserts',
]
const settings = [
  'tx_read_only = 0',
  'max_statement_time = 0',
  "sql_mode = ''",
  'autocommit = 0',
  'session transaction read write',
  "sql_mode = 'NO_BACKSLASH_ESCAPES'",
]
const others = [
  ...[
    'truncate t',
    'drop table t',
    'create table made (a int)',
    'create temporary table made (a int)',
    'alter table t add b int',
  ],
  ...[
    'create view made as select 1',
    'create sequence made',
    'create index i on t (a)',
    'rename table t to u',
    'drop sequence s',
  ],
  ...[
    'call lifts_inside()',
    'call commits_and_lifts()',
    'commit',
    'rollback',
    'commit and chain',
    'begin',
    'start transaction read write',
  ],
  ...[
    'set tx_read_only = 0',
    'set session transaction read write',
    'do nextval(s)',
    'do lifts()',
    'do sleep(0)',
    'handler t open',
  ],
  ...[
    'handler t read first',
    'lock tables t write',
    'unlock tables',
    'optimize table m',
    'analyze table t',
    'repair table m',
    'check table t',
  ],
  ...[
    "load data infile '/etc/hostname' into table t",
    "load data local infile '/etc/hostname' into table t",
    'flush tables',
    'reset query cache',
  ],
  ...[
    'create procedure made() select 1',
    'create or replace function inserts() returns int return 1',
    'grant select on shop.t to writer',
  ],
  ...[
    "set password = password('changed')",
    'use mysql',
    "help 'select'",
    'kill 1',
    'xa start "a"',
    'savepoint a',
    'release savepoint a',
    'checksum table t',
  ],
  ...[
    'table t',
    'show tables',
    "signal sqlstate '45000'",
    'get diagnostics @n = number',
    'drop function inserts',
    'alter sequence s restart 900',
  ],
]
const wrappers = [
  'create table made as ',
  'create or replace view v as ',
  'create temporary table made as ',
  'insert into t ',
  'if 1 then ',
  'do ',
  'create event made on schedule every 1 day do ',
  'delimiter //\n',
]
const gaps = [
  '\n',
  '\t',
  '\f',
  '\v',
  '\r\n',
  '/**/',
  ' /* select */ ',
  ' /* a /* b */ ',
  ' -- x\n',
  ' --\r\n',
  ' --\x7f\n',
  ' # y\n',
  " -- '\n",
  ' # "\n',
  " /*'*/ ",
  '\x7f',
  '\u00a0',
]
const before = [
  '/* select */',
  '-- select\n',
  '# select\n',
  ';',
  '(',
  'begin;',
  'explain ',
  'select 1;',
  '/*!select 1;*/',
  'delimiter ;\n',
]
const after = [
  ';',
  ';;',
  '-- end',
  '# end',
  '/* end */',
  '; drop table t',
  '; commit; insert into t values (77)',
  ')',
  '; select 1',
  '/*! ; delete from t */',
  ' \\G',
  '\0',
  '\0; delete from t',
]
const signs = [
  "'",
  '"',
  '`',
  '\\',
  '/*',
  '*/',
  '/*!',
  '-- ',
  '--\x7f',
  '#',
  '(',
  ')',
  ';',
  '\u00a0',
  '\x7f',
  '\0',
  '\n',
  '.',
  '@',
  'e5',
  "\\'",
  "''",
]
