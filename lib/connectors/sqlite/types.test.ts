import { describe, expect, it } from 'vitest'
import { useFiles } from './testing/run.ts'

const files = useFiles()

/** Values of every storage class at their ends, and what is written of them. */
const values: Record<string, readonly (readonly [expression: string, shown: unknown])[]> = {
  integer: [
    ['0', 0],
    ['-1', -1],
    ['true', 1],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    // A double would be its neighbour.
    ['9007199254740992', '9007199254740992'],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['0x7fffffffffffffff', '9223372036854775807'],
    ['count(*)', 1],
  ],
  real: [
    ['0.1', 0.1],
    ['0.1 + 0.2', 0.30000000000000004],
    ['-0.0', -0],
    ['1e308', 1e308],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['5e-324', 5e-324],
    ['2.2250738585072014e-308', 2.2250738585072014e-308],
    ['9e999', 'Infinity'],
    ['-9e999', '-Infinity'],
    ['1e15', 1e15],
    ['1e21', 1e21],
    ['1e-7', 1e-7],
    ['123456789.123456789', 123456789.12345679],
    ['9007199254740993.0', 9007199254740992],
    ['9223372036854775808', 2 ** 63],
    ['2.0', 2],
  ],
  text: [
    [`''`, ''],
    [`' '`, ' '],
    [`'null'`, 'null'],
    [`'1e5'`, '1e5'],
    [`'9007199254740993'`, '9007199254740993'],
    [`'a' || char(0) || 'b'`, 'a\0b'],
    [`char(0)`, '\0'],
    [`char(0, 0, 65)`, '\0\0A'],
    [`'say "hi" \\ back' || char(8, 9, 10, 12, 13, 27, 127)`, 'say "hi" \\ back\b\t\n\f\r\u001b\u007f'],
    [`'é漢😀' || char(8232, 65279)`, 'é漢😀\u2028\ufeff'],
    [`'e' || char(769)`, 'e\u0301'],
    // Bytes that are no text become replacements; what is sound around them stays.
    [`cast(x'61ff62' as text)`, 'a\ufffdb'],
    [`cast(x'c3' as text)`, '\ufffd'],
    [`cast(x'f09f98' as text)`, '\ufffd'],
    [`cast(x'eda080' as text)`, '\ufffd\ufffd\ufffd'],
    [`cast(x'c0af' as text)`, '\ufffd\ufffd'],
    [`cast(x'00ff00' as text)`, '\0\ufffd\0'],
    [`date('2026-11-22')`, '2026-11-22'],
    [`json('{"a": [1e400, null]}')`, '{"a":[1e400,null]}'],
    [`typeof(9e999 - 9e999)`, 'null'],
  ],
  blob: [
    [`x''`, '\\x'],
    [`x'00ff5c27'`, '\\x00ff5c27'],
    ['zeroblob(3)', '\\x000000'],
    [`cast('é' as blob)`, '\\xc3a9'],
    [`jsonb('[1]')`, '\\x2b1331'],
  ],
  any: [
    ['null', null],
    ['9e999 - 9e999', null],
    ['1 / 0', null],
  ],
}

/** What of `values` is the same when it is kept in columns and read from there. */
const kept = Object.entries(values).flatMap(([kind, list]) =>
  list.filter(([one]) => kind !== 'any' && !one.includes('count')).map(([one, shown]) => ({ kind, one, shown })),
)

describe('types of SQLite', () => {
  const made = files.make('made.db', 'create table one (a); insert into one values (1)')
  const columns = kept.map((_, at) => `c${at}`).join(', ')
  const stored = (encoding: string) =>
    files.make(
      `${encoding}.db`,
      `pragma encoding = '${encoding}'; create table kept (${columns}); insert into kept select ${kept.map(({ one }) => one).join(', ')}`,
    )

  it.each(Object.keys(values))('%s: every value exactly, with what it is', async (kind) => {
    const list = values[kind] ?? []
    const { first, rows } = await files.query(made, `select ${list.map(([one]) => one).join(', ')} from one`)
    const found = list.map(([one], at) => [one, first.columns[at].type, rows[0][at]])
    expect(found).toEqual(list.map(([one, shown]) => [one, kind, shown]))
  })

  it('each is the same when it is kept in a column without a type, and stays itself in columns that convert', async () => {
    const { first, rows } = await files.query(stored('UTF-8'), 'select * from kept')
    expect(kept.map(({ one }, at) => [one, first.columns[at].type, rows[0][at]])).toEqual(
      kept.map(({ kind, one, shown }) => [one, kind, shown]),
    )
  })

  it.each(['UTF-16le', 'UTF-16be'])('text that is sound is the same in a file of %s', async (encoding) => {
    const { rows } = await files.query(stored(encoding), 'select * from kept')
    const sound = kept.filter(({ one }) => !/as (?:text|blob)/.test(one))
    expect(sound.map(({ one }) => [one, rows[0][kept.findIndex((other) => other.one === one)]])).toEqual(
      sound.map(({ one, shown }) => [one, shown]),
    )
  })

  it('a column holds what it holds, row by row, whatever it is declared as', async () => {
    const name = files.make(
      'mixed.db',
      `create table mixed (i integer, r real, n numeric, t text, b blob, s);
       insert into mixed values (1, 1, '1e3', 1, 1, 1), ('x', 'x', 'x', x'00', 'x', 'x'), (9e999, 9007199254740993, '0x10', 9e999, 1.5, x''),
         (1.0, 1.0, 1.0, 1.0, 1.0, 1.0), ('9007199254740993', '1e400', '9007199254740993', '', '', '');
       create table strict_one (i integer, r real, t text, b blob, a any) strict;
       insert into strict_one values (1, 1, 'x', x'00', '1')`,
    )
    expect((await files.query(name, 'select * from mixed')).rows).toEqual([
      [1, 1, 1000, '1', 1, 1],
      ['x', 'x', 'x', '\\x00', 'x', 'x'],
      ['Infinity', 9007199254740992, '0x10', 'Inf', 1.5, '\\x'],
      [1, 1, 1, '1.0', 1, 1],
      ['9007199254740993', 'Infinity', '9007199254740993', '', '', ''],
    ])
    const { first, rows } = await files.query(name, 'select * from strict_one')
    expect(first.columns.map(({ kind }: { kind: string }) => kind)).toEqual([
      'integer',
      'float',
      'text',
      'binary',
      'other',
    ])
    expect(rows).toEqual([[1, 1, 'x', '\\x00', '1']])
  })

  it('parameters are texts, and become what they are used as', async () => {
    const parameters = ['41', '9007199254740993', 'a\0b', '', null, '😀']
    const sql = 'select ? + 1, ? + 0, ?, ?, ?, ?'
    expect((await files.query(made, sql, { parameters })).rows).toEqual([
      [42, '9007199254740993', 'a\0b', '', null, '😀'],
    ])
  })
})
