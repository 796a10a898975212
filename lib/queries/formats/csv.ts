import { withoutFormula } from '#lib/format/csv'
import { type Columns, distinct, eachCell, type Format, marks, Output } from './format.ts'

const [quote, comma, cr, lf] = [0x22, 0x2c, 0x0d, 0x0a]
/** What a formula begins with, in UTF-8, and what spreadsheets skip before it. */
const suspicious = new Set([0x3d, 0x2b, 0x2d, 0x40, 0x20, 0xc2, 0xef])

/**
 * CSV as RFC 4180 has it: a header, lines that end with CR LF, quotes where they are needed. NULL is an empty cell and an
 * empty text is `""`. `safe`: no spreadsheet takes a cell for a formula.
 */
export const csvFormat = (columns: Columns, { safe }: { safe: boolean }): Format => {
  const out = new Output()
  const write = (text: string) => {
    const shown = safe ? withoutFormula(text) : text
    out.text(shown === '' || /[",\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown)
  }
  return {
    begin() {
      distinct(columns).forEach((name, index) => {
        if (index > 0) out.byte(comma)
        write(name)
      })
      out.text('\r\n')
      return out.take()
    },
    rows(lines) {
      const text = Buffer.from(lines.buffer, lines.byteOffset, lines.length)
      const rows = eachCell(
        lines,
        (column, start, end) => {
          if (column > 0) out.byte(comma)
          if (lines[start] === marks.n) return
          if (lines[start] !== quote) return out.bytes(lines, start, end)
          const kind = kindOf(lines, start + 1, end - 1)
          if (kind === 'escaped' || (safe && suspicious.has(lines[start + 1] ?? 0))) {
            return write(JSON.parse(text.toString('utf8', start, end)))
          }
          if (kind === 'quoted') out.bytes(lines, start, end)
          else out.bytes(lines, start + 1, end - 1)
        },
        () => {
          out.byte(cr)
          out.byte(lf)
        },
      )
      return { file: out.take(), rows }
    },
    end: () => new Uint8Array(),
  }
}

/** What has to be done with a text: nothing, quotes around it, or its escapes read. */
const kindOf = (bytes: Uint8Array, start: number, end: number): 'plain' | 'quoted' | 'escaped' => {
  let kind: 'plain' | 'quoted' = start === end ? 'quoted' : 'plain'
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte === marks.backslash) return 'escaped'
    if (byte === comma) kind = 'quoted'
  }
  return kind
}
