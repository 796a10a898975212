import { gzipSync } from 'node:zlib'
import { describe, expect, it, test } from 'vitest'
import { type FileLine, fileLine } from '../contract.ts'
import { type PreviewRequest, previewLines } from './preview.ts'
import { makeParquet, type TestColumn } from './testing/parquet.ts'

const show = async (path: string, content: string | Uint8Array, request: Partial<PreviewRequest> = {}) => {
  const bytes = Buffer.from(content as Uint8Array)
  let read = 0
  const file = {
    size: bytes.length,
    read: async (offset: number, length: number) => {
      const part = bytes.subarray(offset, offset + length)
      read += part.length
      return part
    },
  }
  const lines: FileLine[] = []
  for await (const chunk of previewLines(file, { what: 'preview', path, rows: 100, ...request }))
    for (const line of Buffer.from(chunk).toString('utf8').split('\n').filter(Boolean))
      lines.push(fileLine.parse(JSON.parse(line)))
  const head = lines.flatMap((line) => (line.type === 'preview' ? [line] : []))[0]
  return {
    read,
    format: head?.format,
    columns: head?.columns ?? [],
    types: Object.fromEntries((head?.columns ?? []).map(({ name, type }) => [name, type])),
    notes: (head?.notes ?? []).join(' '),
    rows: lines.flatMap((line) => (line.type === 'row' ? [line.values] : [])),
    text: lines.flatMap((line) => (line.type === 'text' ? [line.text] : [])).join(''),
    truncated: lines.flatMap((line) => (line.type === 'end' ? [line.truncated] : []))[0],
  }
}

describe('CSV', () => {
  it.each([
    ['semicolons', 'a.csv', 'id;name\n1;x\n2;y\n'],
    ['tabs', 'a.tsv', 'id\tname\n1\tx\n2\ty\n'],
    ['bars', 'a.csv', 'id|name\n1|x\n2|y\n'],
    ['apostrophes as quotes', 'a.csv', "'id','name'\n'1','x'\n'2','y'\n"],
    ['a mark of its encoding', 'a.csv', '\ufeffid,name\r\n1,x\r\n2,y\r\n'],
    ['UTF-16', 'a.csv', Buffer.from('\ufeffid,name\n1,x\n2,y\n', 'utf16le')],
    ['gzip', 'a.csv.gz', gzipSync('id,name\n1,x\n2,y\n')],
  ])('with %s is read as it was meant', async (_what, path, content) => {
    const { types, rows } = await show(path, content)
    expect(types).toEqual({ id: 'integer', name: 'text' })
    expect(rows).toEqual([
      ['1', 'x'],
      ['2', 'y'],
    ])
  })
  it('keeps what would be lost as a number, and tells types apart', async () => {
    const { types, rows } = await show(
      'a.csv',
      'zip,big,day,at,flag,none\n01234,12345678901234567890,2026-01-02,2026-01-02T03:04:05Z,true,\n',
    )
    expect(types).toEqual({ zip: 'text', big: 'integer', day: 'date', at: 'timestamp', flag: 'boolean', none: 'text' })
    expect(rows).toEqual([['01234', '12345678901234567890', '2026-01-02', '2026-01-02T03:04:05Z', 'true', null]])
  })
  it('in Windows-1252 is read and said', async () => {
    const { rows, notes } = await show('a.csv', Buffer.from('name,n\nM\u00fcller,1\n', 'latin1'))
    expect([rows, notes]).toEqual([[['Müller', '1']], expect.stringContaining('Windows-1252')])
  })
  it('without names of columns gets numbers', async () => {
    expect((await show('a.csv', '1,2\n3,4\n')).columns.map(({ name }) => name)).toEqual(['column_1', 'column_2'])
  })
})

describe('JSON', () => {
  test('a list of objects becomes a table, without rounding', async () => {
    const { rows, types } = await show('a.json', '[{"a":12345678901234567890,"b":"x"},{"a":1,"c":{"d":[1]}}]')
    expect(rows).toEqual([
      ['12345678901234567890', 'x', null],
      [1, null, { d: [1] }],
    ])
    expect(types).toMatchObject({ b: 'text', c: 'json' })
  })
  test('broken lines of NDJSON are counted', async () => {
    const { rows, notes } = await show('a.ndjson', '{"a":1}\nnot json\n{"a":2}\n')
    expect([rows, notes]).toEqual([[[1], [2]], expect.stringMatching(/^1 of these lines/)])
  })
  test('a list that does not fit shows the elements that do', async () => {
    const { rows, truncated } = await show('a.json', `[${'{"a":1},'.repeat(300_000)}{"a":1}]`)
    expect([rows.length, truncated]).toEqual([100, true])
  })
})

const int64 = (...values: bigint[]): Buffer =>
  Buffer.concat(values.map((value) => Buffer.from(BigInt64Array.of(value).buffer)))
const int32 = (...values: number[]): Buffer => Buffer.from(Int32Array.from(values).buffer)
const texts = (...values: string[]): Buffer =>
  Buffer.concat(values.flatMap((value) => [int32(Buffer.byteLength(value)), Buffer.from(value)]))

const columns: TestColumn[] = [
  { name: 'id', type: 2, bytes: int64(9_007_199_254_740_993n, -1n) },
  { name: 'price', type: 2, converted: 5, scale: 2, precision: 18, bytes: int64(-123n, 1_234_567_890_123_456_789n) },
  {
    name: 'wide',
    type: 7,
    converted: 5,
    scale: 3,
    precision: 20,
    length: 9,
    bytes: Buffer.from('ffffffffffffffffff000000000000002710', 'hex'),
  },
  { name: 'at', type: 2, converted: 10, bytes: int64(1_767_323_045_123_456n, -1n) },
  { name: 'day', type: 1, converted: 6, bytes: int32(20_455, -1) },
  { name: 'name', type: 6, converted: 0, bytes: texts('Zoë', '') },
  { name: 'raw', type: 6, bytes: Buffer.concat([int32(2), Buffer.from([0xff, 0xfe]), int32(0)]) },
  { name: 'flag', type: 0, bytes: Buffer.from([0b01]) },
  { name: 'unsigned', type: 1, converted: 13, bytes: int32(-1, 1) },
]

describe('Parquet', () => {
  it.each(['none', 'gzip', 'zstd'] as const)('packed with %s shows exactly what is stored', async (codec) => {
    const { rows, types, format } = await show('a.parquet', makeParquet(columns, 2, { codec }))
    expect(format).toBe('parquet')
    expect(types).toEqual({
      id: 'int64',
      price: 'decimal(18,2)',
      wide: 'decimal(20,3)',
      at: 'timestamp',
      day: 'date',
      name: 'text',
      raw: 'text',
      flag: 'boolean',
      unsigned: 'uint32',
    })
    expect(rows).toEqual([
      [
        '9007199254740993',
        '-1.23',
        '-0.001',
        '2026-01-02T03:04:05.123456Z',
        '2026-01-02',
        'Zoë',
        '0xfffe',
        true,
        4_294_967_295,
      ],
      ['-1', '12345678901234567.89', '10.000', '1969-12-31T23:59:59.999999Z', '1969-12-31', '', '', false, 1],
    ])
  })
  it('reads the footer and as many rows as were asked for', async () => {
    const many: TestColumn = {
      name: 'n',
      type: 2,
      bytes: int64(...Array.from({ length: 1_000 }, (_, index) => BigInt(index))),
    }
    const { rows, truncated } = await show('a.parquet', makeParquet([many], 1_000), { rows: 3 })
    expect([rows, truncated]).toEqual([[['0'], ['1'], ['2']], true])
  })
})

describe('a hostile file is a sentence and no crash', () => {
  const good = makeParquet(columns, 2)
  it.each<[string, string, string | Uint8Array]>([
    ['a Parquet file cut in the middle', 'a.parquet', good.subarray(0, good.length - 40)],
    ['a footer longer than the file', 'a.parquet', makeParquet(columns, 2, { claims: { footer: 2 ** 31 } })],
    ['a footer of another length', 'a.parquet', makeParquet(columns, 2, { claims: { footer: 50 } })],
    [
      'a page that says it unpacks to two gigabytes',
      'a.parquet',
      makeParquet(columns, 2, { codec: 'gzip', claims: { unpacked: 2 ** 31 - 1 } }),
    ],
    [
      'a page that unpacks to more than it says',
      'a.parquet',
      makeParquet([{ name: 'x', type: 6, bytes: Buffer.alloc(9_000_000) }], 1, {
        codec: 'gzip',
        claims: { unpacked: 10 },
      }),
    ],
    [
      'Parquet of noise',
      'a.parquet',
      Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(4_000, 0xaa), Buffer.from([0, 1, 0, 0]), Buffer.from('PAR1')]),
    ],
    ['JSON nested a hundred thousand times', 'a.json', `[${'['.repeat(100_000)}${']'.repeat(100_000)}]`],
    ['NDJSON without any JSON', 'a.ndjson', 'x\ny\n'],
    ['broken gzip', 'a.csv.gz', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])],
  ])('%s', async (_what, path, content) => {
    const failure = await show(path, content).then(
      (shown) => shown.rows,
      (error: Error) => error.message,
    )
    if (typeof failure === 'string') expect(failure).toMatch(/^[A-Z].*\.$/)
    else expect(failure.length).toBeLessThan(3)
  })
  it('gzip that unpacks to a gigabyte stops early', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000, 'a,b\n'))
    const { rows, truncated } = await show('a.csv.gz', bomb)
    expect([rows.length, truncated]).toEqual([100, true])
  })
  it('a million columns, and a line of a hundred megabytes, are cut and said', async () => {
    const wide = await show('a.csv', `${'a,'.repeat(1_000_000)}a\n`)
    expect(wide.columns).toHaveLength(300)
    expect(wide.notes).toMatch(/columns; the first 300 are shown/)
    const long = await show('a.txt', Buffer.alloc(100_000_000, 'x'))
    expect([long.text.length, long.truncated, long.read]).toEqual([8_192, true, 1024 * 1024])
    expect((await show('a.csv', Buffer.alloc(3_000_000, 'x'))).truncated).toBe(true)
  })
  it('a page is not unpacked that says it becomes two gigabytes', async () => {
    const lying = makeParquet(columns, 2, { codec: 'gzip', claims: { unpacked: 2 ** 31 - 1 } })
    await expect(show('a.parquet', lying)).rejects.toThrow(/too large to be unpacked/)
  })
  it('binary is recognised and named', async () => {
    expect(await show('a.csv', Buffer.from('89504e470d0a1a0a', 'hex'))).toMatchObject({
      format: 'binary',
      notes: expect.stringContaining('PNG'),
    })
    expect((await show('a.csv', Buffer.from([1, 0, 2, 0, 0, 3, 9, 9, 0]))).format).toBe('binary')
    expect((await show('a.csv', '')).notes).toBe('The file is empty.')
  })
  it('any bit of a Parquet file may be flipped', { timeout: 60_000 }, async () => {
    for (let at = 4; at < good.length; at += 3) {
      const broken = Buffer.from(good)
      broken[at] = (broken[at] ?? 0) ^ (1 << (at % 8))
      const outcome = await show('a.parquet', broken).then(
        () => '',
        (error: Error) => error.message,
      )
      expect(outcome).toMatch(/^$|^[A-Z].*\.$/)
    }
  })
})
