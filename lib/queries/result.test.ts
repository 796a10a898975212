import { expect, test } from 'vitest'
import { AppError } from '#lib/core/errors'
import { passResult } from './result.ts'

const head = '{"columns":[{"name":"a","type":"text","kind":"text"}],"columns_left_out":0}\n'
const done = { rows: 3, truncated: null, cells_cut: 0, affected: null, command: 'SELECT', duration_ms: 1, notices: [] }
const rows = '["x\\n{y}"]\n[{"cut":"{","bytes":9}]\n[null]\n'

/** The same bytes in pieces of every size, each only lent until the next one is asked for. */
async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  const buffer = Buffer.alloc(size)
  for (let at = 0; at < bytes.length; at += size) {
    buffer.fill('!')
    yield buffer.subarray(0, bytes.copy(buffer, 0, at, at + size))
  }
  buffer.fill('!')
}

const read = async (text: string, size: number) => {
  const run = { id: 'qry_1', rows: 0, bytes: 0 }
  const passing = passResult(inPieces(text, size), run)
  let passed = ''
  try {
    for (;;) {
      const next = await passing.next()
      if (next.done) return { run, passed, end: next.value }
      passed += Buffer.from(next.value).toString('utf8')
    }
  } catch (error) {
    return { run, passed, error: error instanceof AppError ? error : undefined }
  }
}

test('rows pass as they are, whatever pieces they come in; head and end are told from them', async () => {
  const text = `${head}${rows}${JSON.stringify({ done })}\n{"end":{}}\n`
  for (let size = 1; size <= text.length; size++) {
    const { passed, end, run } = await read(text, size)
    expect([size, passed]).toEqual([size, `{"query_id":"qry_1",${head.slice(1)}${rows}`])
    expect(end).toEqual(done)
    expect(run).toMatchObject({ rows: 3, bytes: text.length })
  }
})

test('a row is passed on before the next one has come', async () => {
  let sent = ''
  async function* slow() {
    for (const line of [head, '["1"]\n', '["2"]\n']) {
      sent += line
      yield Buffer.from(line)
    }
    throw new Error('nobody came so far')
  }
  const passing = passResult(slow(), { id: 'qry_1', rows: 0, bytes: 0 })
  for (const expected of [head, `${head}["1"]\n`, `${head}["1"]\n["2"]\n`]) {
    await passing.next()
    expect(sent).toBe(expected)
  }
})

test('what the server refuses is told with its place in the statement; rows before it stay', async () => {
  const failed = { message: 'division by zero', code: '22012', position: 7, detail: 'd', hint: null }
  for (const size of [1, 7, 4096]) {
    const { passed, error } = await read(`${head}["1"]\n${JSON.stringify({ failed })}\n{"end":{}}\n`, size)
    expect(passed.endsWith('["1"]\n')).toBe(true)
    expect(error).toMatchObject({
      code: 'query_failed',
      message: 'division by zero',
      details: { sqlstate: '22012', position: 7, hint: null, server_detail: 'd' },
    })
    expect((await read(`${JSON.stringify({ failed })}\n{"end":{}}\n`, size)).error?.code).toBe('query_failed')
  }
})

test('a result without its end is never taken for a whole one', async () => {
  const whole = `${head}${rows}${JSON.stringify({ done })}\n{"end":{}}\n`
  for (let length = 0; length < whole.length - 1; length++) {
    expect([length, (await read(whole.slice(0, length), 64)).error?.code]).toEqual([length, 'upstream_failed'])
  }
  // What breaks off in the middle of a row breaks off before it.
  expect((await read(`${head}["1"]\n["2`, 5)).passed.endsWith('["1"]\n')).toBe(true)
  const refused = `${head}["1"]\n{"error":{"code":"cancelled","message":"Cancelled."}}\n`
  expect((await read(refused, 5)).error?.code).toBe('cancelled')
})
