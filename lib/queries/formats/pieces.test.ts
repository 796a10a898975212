import { expect, test } from 'vitest'
import { createPieceReader, encodePieces } from './pieces.ts'

const line = (text: string) => Buffer.from(`${text}\n`)
/** Every byte there is, line breaks, braces and zeros among them. */
const file = Buffer.from(Array.from({ length: 600 }, (_, at) => at % 256))
const long = Buffer.alloc(2 * 1024 * 1024 + 5, '{"error":1}\n')

const sent = Buffer.concat([
  line('{"columns":[]}'),
  ...encodePieces(file, 3),
  ...encodePieces(new Uint8Array(), 4),
  ...encodePieces(new Uint8Array(), 0),
  ...encodePieces(long, 5),
  line('{"done":1}'),
  line('{"end":{}}'),
])

const readAll = (size: number) => {
  const read = createPieceReader()
  const found = { lines: [] as string[], file: [] as Buffer[], rows: 0 }
  for (let at = 0; at < sent.length; at += size)
    for (const piece of read(sent.subarray(at, at + size))) {
      if ('line' in piece) found.lines.push(piece.line.toString())
      else {
        found.file.push(Buffer.from(piece.file))
        found.rows += piece.rows
      }
    }
  return { ...found, file: Buffer.concat(found.file) }
}

test.each([1, 7, 8, 9, 64, 65_536, sent.length])('a file and its rows arrive whole in chunks of %i bytes', (size) => {
  const { lines, rows, file: came } = readAll(size)
  expect(lines).toEqual(['{"columns":[]}\n', '{"done":1}\n', '{"end":{}}\n'])
  expect(rows).toBe(12)
  expect(came.equals(Buffer.concat([file, long]))).toBe(true)
})
