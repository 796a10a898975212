/**
 * Statements as somebody could think of them, and worse: what reads and what writes, reaches other files or changes settings,
 * wrapped, commented and broken. The same numbers give the same statement.
 */
export const randomStatement = (random: () => number, { other, made }: { other: string; made: string }): string => {
  const chance = (share: number): boolean => random() < share
  const pick = (options: readonly string[]): string => options[Math.floor(random() * options.length)] ?? ''
  const one = (...options: (() => string)[]): string => options[Math.floor(random() * options.length)]?.() ?? ''
  const maybe = (share: number, write: () => string): string => (chance(share) ? ` ${write()}` : '')

  const table = () =>
    pick([
      't',
      't',
      'main.t',
      '"t"',
      '[t]',
      '`t`',
      'v',
      'words',
      'words_data',
      'words_config',
      'boxes',
      'boxes_node',
      'sqlite_schema',
      'sqlite_sequence',
      'sqlite_stat1',
    ])
  const expression = (depth: number): string =>
    depth <= 0
      ? pick(literals)
      : one(
          () => pick(literals),
          () => pick(['a', 'x.a', 'rowid', '*', 'oid']),
          () => `${pick(functions)}(${expression(depth - 1)})`,
          () => pick(calls).replaceAll('$made', made).replaceAll('$other', other),
          () =>
            `${expression(depth - 1)} ${pick(['+', '=', '||', 'and', 'is not', 'like', 'match', '->>', 'in'])} ${expression(depth - 1)}`,
          () => `(${query(depth - 1)})`,
          () => `exists (${query(depth - 1)})`,
          () => `cast(${expression(depth - 1)} as text)`,
          () => `case when ${expression(depth - 1)} then ${expression(depth - 1)} end`,
        )
  const source = (depth: number): string =>
    one(
      () => `${table()} x`,
      table,
      () => `(${query(depth - 1)}) x`,
      () => pick(sources),
    )
  const query = (depth: number): string =>
    depth <= 0
      ? pick(['select 1', 'values (1)', 'select a from t', 'select * from words'])
      : one(
          () =>
            `select ${expression(depth)} from ${source(depth)}${maybe(0.4, () => `where ${expression(depth)}`)}${maybe(0.3, () => 'limit 3')}`,
          () => `values (${expression(depth - 1)})`,
          () => `${query(depth - 1)} ${pick(['union all', 'except', 'intersect'])} ${query(depth - 1)}`,
          () => `with w as ${pick(['', 'materialized '])}(${query(depth - 1)}) select * from w`,
          () => 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 9) select * from n',
        )
  const change = (depth: number): string =>
    one(
      () =>
        `insert${pick(['', ' or replace', ' or ignore', ' or rollback'])} into ${table()} values (${expression(0)})${maybe(0.3, () => 'returning *')}`,
      () => `insert into t ${query(depth)}`,
      () => `insert into words (words) values ('${pick(['optimize', 'rebuild', 'delete-all', 'integrity-check'])}')`,
      () => `replace into ${table()} values (7)`,
      () => `update ${table()} set ${pick(['a', 'sql', 'rootpage', 'rowid'])} = ${expression(0)}`,
      () => `delete from ${table()}${maybe(0.3, () => 'returning *')}`,
      () => `with w as (select 1) ${pick(['delete from t', 'insert into t select * from w', 'update t set a = 9'])}`,
    )
  const statement = (depth: number): string =>
    one(
      () => query(depth),
      () => query(depth),
      () => query(depth),
      () => change(depth),
      () =>
        `pragma ${pick(['', 'main.', 'temp.'])}${pick(pragmas)}${pick(['', '', '(1)', ' = on', ' = off', ' = 9', "('t')", ' = wal', ' = delete', ' = "/tmp"'])}`,
      () => pick(others).replaceAll('$made', made).replaceAll('$other', other),
      () =>
        `${pick(['explain ', 'explain query plan '])}${one(
          () => query(depth),
          () => change(depth),
        )}`,
      () =>
        `create ${pick(['', 'temp '])}trigger made after ${pick(['insert', 'delete'])} on t begin ${change(0)}; end`,
      () => `create ${pick(['', 'temp '])}${pick(['view', 'table'])} made as ${query(depth)}`,
    )
  const gap = () => (chance(0.92) ? ' ' : pick(['\n', '\t', '/**/', ' /* select */ ', ' -- x\n', '\f', '\u00a0']))
  const dressed = (text: string) =>
    text
      .split(/('(?:[^']|'')*'|"[^"]*")/)
      .map((part, place) => (place % 2 === 1 ? part : part.replace(/ /g, gap)))
      .join('')
  const broken = (text: string): string => {
    const at = Math.floor(random() * text.length)
    return (
      text.slice(0, at) +
      pick(["'", '"', '/*', '--', '(', ')', ';', '\0', '\ufeff', '[', '']) +
      text.slice(at + (chance(0.5) ? 1 : 0))
    )
  }
  const text = dressed(`${maybe(0.08, () => pick(before))}${statement(3)}${maybe(0.15, () => pick(after))}`)
  return (chance(0.15) ? broken(text) : text) || ';'
}

const literals = [
  '1',
  "'x'",
  "x'00'",
  'null',
  '1.5e3',
  '9223372036854775807',
  '\'{"a":1}\'',
  '?1',
  ':a',
  '"t"',
  "''''",
  "'row-canary'",
  'true',
  'current_timestamp',
]
const functions = [
  'abs',
  'hex',
  'length',
  'lower',
  'json',
  'typeof',
  'count',
  'max',
  'quote',
  'unixepoch',
  'likelihood',
  'zeroblob',
  'random',
  'last_insert_rowid',
  'changes',
  'snippet',
  'rtreecheck',
  'char',
  'group_concat',
]
const calls = [
  ...[
    "load_extension('/tmp/evil.so')",
    "readfile('$other')",
    "writefile('$made', 'x')",
    "edit('x', 'sh')",
    "fts3_tokenizer('simple', x'00')",
  ],
  ...[
    "sqlite_compileoption_used('x')",
    "sqlite_log(1, 'x')",
    'sqlite_version()',
    "printf('%d', 1)",
    "highlight(words, 0, '', '')",
    'bm25(words)',
    "rtreecheck('boxes')",
    'randomblob(9)',
    'sqlite_offset(a)',
  ],
]
const sources = [
  "json_each('[1]')",
  'pragma_table_info',
  "pragma_table_info('t')",
  'pragma_database_list',
  'pragma_user_version',
  "pragma_journal_mode('wal')",
  "pragma_wal_checkpoint('truncate')",
  'dbstat',
  'sqlite_dbpage',
  'sqlite_stmt',
  'bytecode(1)',
  'generate_series(1, 3)',
  "fsdir('/')",
  "csv('$other')",
  'pragma_optimize',
  'pragma_writable_schema(1)',
]
const pragmas = [
  'query_only',
  'writable_schema',
  'trusted_schema',
  'journal_mode',
  'locking_mode',
  'wal_checkpoint',
  'user_version',
  'application_id',
  'encoding',
  'auto_vacuum',
  'page_size',
  'incremental_vacuum',
  'optimize',
  'temp_store_directory',
  'temp_store',
  'foreign_keys',
  'secure_delete',
  'table_info',
  'table_list',
  'index_list',
  'database_list',
  'integrity_check',
  'quick_check',
  'schema_version',
  'mmap_size',
  'cache_spill',
  'legacy_alter_table',
  'hard_heap_limit',
  'module_list',
  'ignore_check_constraints',
  'recursive_triggers',
  'journal_size_limit',
  'synchronous',
  'analysis_limit',
  'data_version',
  'shrink_memory',
  'cell_size_check',
  'wal_autocheckpoint',
  'defer_foreign_keys',
]
const others = [
  ...[
    "attach '$other' as o",
    "attach ':memory:' as m",
    "attach '$made' as o",
    "attach 'file:$other?mode=rw' as o",
    'detach main',
    "vacuum into '$made'",
    'vacuum',
    'vacuum main',
  ],
  ...[
    'begin immediate',
    'begin exclusive',
    'begin',
    'commit',
    'rollback',
    'savepoint a',
    'release a',
    'end',
    'reindex',
    'analyze',
    'analyze t',
  ],
  ...[
    'drop table t',
    'drop index i',
    'drop view v',
    'alter table t rename to u',
    'alter table t add b',
    'alter table t drop column a',
    'create index made on t (a)',
  ],
  ...[
    'create virtual table made using fts5(a)',
    'create virtual table temp.made using fts5vocab(words, row)',
    'create virtual table made using dbstat',
    'create table made (a)',
    'create temp table made (a)',
  ],
]
const before = ['/* select */', '-- select\n', ';', '\ufeff', 'explain ', 'select 1;', '(']
const after = [
  ';',
  ';;',
  '-- end',
  '/* end */',
  '; delete from t',
  '; drop table t',
  '; select 1',
  ')',
  '\0; delete from t',
]
