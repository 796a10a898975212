import { DatabaseSync } from 'node:sqlite'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CopyFormat, type CopyOptions, copyPieces } from './copy-text.ts'
import type { ResultColumn, Row } from './result-store.ts'
import { literal, tableOf } from './sql-literal.ts'

const column = (name: string, kind: ResultColumn['kind']): ResultColumn => ({ name, type: kind, kind })
const columns = [column('id', 'integer'), column('note', 'text'), column('paid', 'boolean'), column('doc', 'json')]
const rows: Row[] = [
  ['9223372036854775807', 'say "hi",\tok\nbye', true, '{"n": 12345678901234567890}'],
  [-5, '', false, null],
  [null, null, null, 'not json'],
]

const write = (format: CopyFormat, given: Partial<CopyOptions> = {}, data = { columns, rows }): string => {
  const options = { hasHeader: true, isFormulaSafe: true, table: 'orders', writing: { quote: '"' } as const, ...given }
  const written = { columns: data.columns, count: data.rows.length, rowAt: (at: number) => data.rows[at] ?? [] }
  return [...copyPieces(format, written, options)].join('')
}

const text = (...values: (string | null)[]) => ({
  columns: [column('v', 'text')],
  rows: values.map((value) => [value]),
})

test('CSV and TSV tell an empty text from nothing, and keep every digit, line break and quote', () => {
  expect(write('csv')).toBe(
    'id,note,paid,doc\r\n9223372036854775807,"say ""hi"",\tok\nbye",true,"{""n"": 12345678901234567890}"\r\n' +
      '-5,"",false,\r\n,,,not json\r\n',
  )
  expect(write('tsv', { hasHeader: false })).toBe(
    '9223372036854775807\t"say ""hi"",\tok\nbye"\ttrue\t"{""n"": 12345678901234567890}"\n-5\t""\tfalse\t\n\t\t\tnot json\n',
  )
})

test('what CSV and TSV say is read back as what it was', () => {
  const cells = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 2 })
  fc.assert(
    fc.property(fc.array(cells, { minLength: 1 }), (all) => {
      const data = { columns: [column('a', 'text'), column('b', 'text')], rows: all }
      for (const [format, delimiter] of [
        ['csv', ','],
        ['tsv', '\t'],
      ] as const) {
        const lines = write(format, { isFormulaSafe: false, hasHeader: false }, data)
        const read: string[][] = parse(lines, { delimiter, record_delimiter: format === 'csv' ? '\r\n' : '\n' })
        expect(read).toEqual(all)
      }
    }),
  )
})

test('a formula is text to a spreadsheet unless one says otherwise; numbers stay numbers', () => {
  const formulas = [
    '=1+1',
    '+cmd',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =1',
    '＝1',
    '=HYPERLINK("http://evil")',
    '-12.5',
  ]
  for (const format of ['csv', 'tsv'] as const) {
    const lines = write(format, { hasHeader: false }, text(...formulas))
    const read: string[][] = parse(lines, {
      delimiter: format === 'csv' ? ',' : '\t',
      record_delimiter: format === 'csv' ? '\r\n' : '\n',
    })
    expect(read.flat().map((cell) => cell.replace(/^'/, ''))).toEqual(formulas)
    for (const cell of read.flat()) expect(cell).not.toMatch(/^\s*[=+@＝]|^[\t\r\n]|^-2/)
    expect(read.at(-1)).toEqual(['-12.5'])
    expect(write(format, { hasHeader: false, isFormulaSafe: false }, text('=1+1'))).toMatch(/^=1\+1\r?\n$/)
  }
  const name = { columns: [column('=cmd', 'text')], rows: [] }
  expect(write('csv', {}, name)).toBe(`'=cmd\r\n`)
})

test('JSON keeps columns of one name, names that objects have, documents, and digits', () => {
  expect(write('json')).toBe(`[
  {"id": "9223372036854775807", "note": "say \\"hi\\",\\tok\\nbye", "paid": true, "doc": {"n": 12345678901234567890}},
  {"id": -5, "note": "", "paid": false, "doc": null},
  {"id": null, "note": null, "paid": null, "doc": "not json"}
]
`)
  const odd = {
    columns: ['a', 'a', 'a_2', '__proto__'].map((name) => column(name, 'text')),
    rows: [['1', '2', '3', '4']],
  }
  expect(write('json', {}, odd)).toContain('{"a": "1", "a_2": "2", "a_2_2": "3", "__proto__": "4"}')
  expect(JSON.parse(write('json', {}, text()))).toEqual([])
})

test('a Markdown table stays a table, and nothing in it is markup', () => {
  expect(write('markdown', {}, { columns: columns.slice(0, 2), rows: [[1, 'a|b\n<img src=x> & *c* \\']] })).toBe(
    '| id | note |\n| --: | --- |\n| 1 | a\\|b<br>&lt;img src=x&gt; &amp; \\*c\\* \\\\ |\n',
  )
})

test('INSERT writes every value as its dialect reads it', () => {
  const pg = { quote: '"' } as const
  const my = { quote: '`', dialect: 'mysql' } as const
  const lite = { quote: '"', dialect: 'sqlite' } as const
  expect(literal('9223372036854775807', 'integer', pg)).toBe('9223372036854775807')
  expect(literal('12.50', 'decimal', pg)).toBe('12.50')
  expect(literal('NaN', 'decimal', pg)).toBe("'NaN'")
  expect(literal("1); drop table x; --'", 'integer', pg)).toBe("'1); drop table x; --'''")
  expect([literal(null, 'text', pg), literal(true, 'boolean', pg), literal('', 'text', pg)]).toEqual([
    'NULL',
    'TRUE',
    "''",
  ])
  expect([pg, my, lite].map((writing) => literal("it's \\' x", 'text', writing))).toEqual([
    "E'it''s \\\\'' x'",
    "'it''s \\\\'' x'",
    "'it''s \\'' x'",
  ])
  expect([pg, my, lite].map((writing) => literal('\\x00ff', 'binary', writing))).toEqual([
    "'\\x00ff'",
    "X'00ff'",
    "X'00ff'",
  ])
  const cut = { cut: 'beg', bytes: 12 * 1024 ** 2 }
  expect(() => literal(cut, 'text', pg)).toThrow('A value of 12 MB was not loaded whole')
})

test('an INSERT names its columns, ends, and begins anew before it gets too long', () => {
  const odd = { columns: [column('id', 'integer'), column('my "col"', 'text')], rows: [[1, 'a']] as Row[] }
  expect(write('insert', {}, odd)).toBe(`INSERT INTO orders (id, "my ""col""") VALUES\n  (1, 'a');\n`)
  const many = write(
    'insert',
    {},
    { columns: [column('n', 'integer')], rows: Array.from({ length: 600 }, (_, n) => [n]) },
  )
  expect(many.match(/INSERT INTO orders \(n\) VALUES\n/g)).toHaveLength(3)
  expect(many.match(/;\n/g)).toHaveLength(3)
  expect(write('insert', {}, text())).toBe('')
})

test('SQLite gets from an INSERT exactly what the result had', () => {
  const db = new DatabaseSync(':memory:')
  db.exec('create table t (v text)')
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), (values) => {
      db.exec('delete from t')
      db.exec(write('insert', { table: 't', writing: { quote: '"', dialect: 'sqlite' } }, text(...values)))
      expect(
        db
          .prepare('select v from t order by rowid')
          .all()
          .map(({ v }) => v),
      ).toEqual(values)
    }),
  )
  db.close()
})

test('SQLite gets numbers without end, the smallest ones and bytes back as they were', () => {
  const db = new DatabaseSync(':memory:')
  db.exec('create table t (r real, b blob, i integer)')
  const real = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(Infinity, -Infinity, -0, 5e-324))
  const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  fc.assert(
    fc.property(real, fc.uint8Array({ maxLength: 9 }), integer, (r, b, i) => {
      db.exec('delete from t')
      const row: Row = [Number.isFinite(r) ? r : String(r), `\\x${Buffer.from(b).toString('hex')}`, String(i)]
      const data = { columns: [column('r', 'float'), column('b', 'binary'), column('i', 'integer')], rows: [row] }
      db.exec(write('insert', { table: 't', writing: { quote: '"', dialect: 'sqlite' } }, data))
      const found = db
        .prepare('select r, b, cast(i as text) as i, typeof(r) || typeof(b) || typeof(i) as types from t')
        .get()
      expect(found).toEqual({ r: Object.is(r, -0) ? 0 : r, b, i: String(i), types: 'realblobinteger' })
    }),
  )
  db.close()
})

test('the table is guessed from what the statement reads', () => {
  expect(tableOf('select * from public."Order lines" o where 1')).toBe('public."Order lines"')
  expect(tableOf('SELECT 1\nFROM  shop.orders;')).toBe('shop.orders')
  expect(tableOf('select 1')).toBe('table_name')
})
