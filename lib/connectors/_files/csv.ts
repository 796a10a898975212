import { CsvError, parse } from 'csv-parse/sync'
import { unreadable } from './reader.ts'
import type { Cell, Head, Sheet } from './sheet.ts'
import { typeOfTexts } from './types.ts'

/** A table of separated values: separator, quotes and header are found out, types are what all shown values look like. */
export const readCsv = ({ text, isWhole, rows, path }: Head): Sheet => {
  const { separator, quote } = sniff(text, path)
  const { records, isCut } = parseRecords(text, { separator, quote, most: rows + 2 })
  // The last record may have been cut by where the reading ended.
  const whole = isCut || isWhole || records.length <= 1 ? records : records.slice(0, -1)
  const [first = [], ...others] = whole
  const hasHeader = looksLikeHeader(first, others)
  const body = (hasHeader ? others : whole).slice(0, rows)
  const width = body.reduce((most, record) => Math.max(most, record.length), hasHeader ? first.length : 1)
  const names = Array.from(
    { length: width },
    (_, index) => (hasHeader && first[index]?.trim()) || `column_${index + 1}`,
  )
  const columns = names.map((name, index) => ({ name, type: typeOfTexts(body.map((record) => record[index] ?? null)) }))
  const cells = body.map((record) => Array.from({ length: width }, (_, index): Cell => record[index] || null))
  const uneven = body.filter((record) => record.length !== width).length
  const notes = [
    `Separator: ${words[separator] ?? separator}.`,
    ...(quote === '"' ? [] : ['Quote: apostrophe.']),
    hasHeader ? 'The first row names the columns.' : 'The first row is taken as data.',
    ...(uneven > 0 ? [`${uneven} of these rows have fewer values than there are columns.`] : []),
    ...(whole.length === 1 && !isWhole ? ['The first line is very long; only its beginning was read.'] : []),
  ]
  return {
    columns,
    rows: cells,
    text: undefined,
    notes,
    truncated: !isWhole || isCut || (hasHeader ? others : whole).length > rows,
  }
}

const words: Record<string, string | undefined> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'vertical bar',
  '^': 'caret',
}

interface Dialect {
  separator: string
  quote: '"' | "'"
}

const parseRecords = (text: string, { separator, quote, most }: Dialect & { most: number }) => {
  const records: string[][] = []
  try {
    parse(text, {
      delimiter: separator,
      quote,
      escape: quote,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      to: most,
      on_record: (record: string[]) => {
        records.push(record)
        return null
      },
    })
  } catch (error) {
    // A quote that is still open where the reading ended.
    if (records.length === 0 && !(error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED'))
      throw unreadable('The file cannot be read as CSV. Choose another format.', error)
    if (records.length === 0) records.push(text.slice(0, 10_000).split(separator))
  }
  return { records, isCut: records.length >= most }
}

const separators = [',', ';', '\t', '|', '^'] as const

/** The separator that stands in every line equally often; the name decides between equals. */
const sniff = (text: string, path: string): Dialect => {
  const quote = quoteOf(text.slice(0, 65_536))
  const lines = text
    .slice(0, 262_144)
    .split(/\r?\n|\r/)
    .filter(Boolean)
    .slice(0, 40)
  const likes = /\.(tsv|tab)(\.gz)?$/i.test(path) ? '\t' : /\.psv(\.gz)?$/i.test(path) ? '|' : ','
  const rated = separators.map((separator) => ({
    separator,
    rate: rateOf(lines, separator, quote) + (separator === likes ? 0.5 : 0),
  }))
  const best = rated.reduce((a, b) => (b.rate > a.rate ? b : a))
  return { separator: best.rate > 0.5 ? best.separator : likes, quote }
}

const rateOf = (lines: readonly string[], separator: string, quote: string): number => {
  const counts = lines.map((line) => unquoted(line, quote).split(separator).length - 1)
  const most = counts.reduce((a, b) => Math.max(a, b), 0)
  if (most === 0) return 0
  const same = counts.filter((count) => count === counts[0] && count > 0).length
  return (same / lines.length) * 10 + Math.min(most, 20) / 20
}

const unquoted = (line: string, quote: string): string =>
  line.slice(0, 65_536).replaceAll(quote === '"' ? /"(?:[^"]|"")*"/g : /'(?:[^']|'')*'/g, '')

const quoteOf = (text: string): '"' | "'" => {
  const double = text.match(/(?:^|[,;\t|\n])"/g)?.length ?? 0
  const single = text.match(/(?:^|[,;\t|\n])'[^'\n]*'(?=[,;\t|\r\n]|$)/g)?.length ?? 0
  return single > double * 2 ? "'" : '"'
}

/** Names are all there, all different and no numbers or dates; with only text below, short words count as names. */
const looksLikeHeader = (first: readonly string[], others: readonly string[][]): boolean => {
  const names = first.map((name) => name.trim())
  if (names.length === 0 || others.length === 0) return false
  if (names.some((name) => name === '' || typeOfTexts([name]) !== 'text') || new Set(names).size < names.length)
    return false
  const isTyped = names.some((_, index) => typeOfTexts(others.map((record) => record[index] ?? null)) !== 'text')
  return isTyped || names.every((name) => name.length <= 64)
}
