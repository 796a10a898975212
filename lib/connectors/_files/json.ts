import { unreadable } from './reader.ts'
import type { Cell, Column, Head, Sheet } from './sheet.ts'
import { readText } from './text.ts'

/** A list of objects as a table, anything else as one row; numbers that JavaScript would round stay as they were written. */
export const readJson = (head: Head): Sheet => {
  const { text, isWhole, rows } = head
  const start = text.search(/\S/)
  if (text[start] !== '[') return readDocument(head)
  const values: Cell[] = []
  let isMore = false
  for (const [from, to] of elementsOf(text, start + 1)) {
    if (values.length === rows) {
      isMore = true
      break
    }
    values.push(parseExact(text.slice(from, to)))
  }
  if (values.length === 0 && !isWhole) return asText(head, 'The first element is too large to be shown as a table.')
  return { ...tableOf(values), notes: [], truncated: isMore || !isWhole }
}

/** One value a line; lines that are none are counted and left out. */
export const readNdjson = ({ text, isWhole, rows }: Head): Sheet => {
  const lines = text.split('\n')
  // What stands after the last line break was cut by where the reading ended.
  if (!isWhole && lines.length > 1) lines.pop()
  const values: Cell[] = []
  let broken = 0
  let at = 0
  for (; at < lines.length && values.length < rows; at += 1) {
    const line = lines[at]?.trim() ?? ''
    if (line === '') continue
    try {
      values.push(parseExact(line))
    } catch {
      broken += 1
    }
  }
  if (values.length === 0) throw unreadable('No line of this file is JSON. Choose another format.')
  const notes = broken > 0 ? [`${broken.toLocaleString('en')} of these lines are not JSON and were left out.`] : []
  const isMore = lines.slice(at).some((line) => line.trim() !== '')
  return { ...tableOf(values), notes, truncated: !isWhole || isMore }
}

const readDocument = (head: Head): Sheet => {
  if (!head.isWhole) return asText(head, 'One large JSON document; its beginning is shown as text.')
  return { ...tableOf([parseExact(head.text)]), notes: ['One JSON document, shown as one row.'], truncated: false }
}

const asText = (head: Head, note: string): Sheet => {
  const sheet = readText(head)
  return { ...sheet, notes: [note, ...sheet.notes] }
}

/** Where the elements of a list begin and end; one that is not whole is left out. */
function* elementsOf(text: string, start: number): Generator<[number, number], void> {
  let depth = 0
  let from = start
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === braceOpen || code === bracketOpen) depth += 1
    else if (code === comma && depth === 0) {
      yield [from, at]
      from = at + 1
    } else if (code === braceClose || code === bracketClose) {
      depth -= 1
      if (depth >= 0) continue
      if (text.slice(from, at).trim() !== '') yield [from, at]
      return
    }
  }
}

const [quote, backslash, comma, braceOpen, braceClose, bracketOpen, bracketClose] = [34, 92, 44, 123, 125, 91, 93]

const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === backslash) at += 1
    else if (code === quote) return at
  }
  return text.length
}

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown

const keepExact: Reviver = (_key, value, context) =>
  typeof value === 'number' && context?.source !== undefined && !isExact(value, context.source) ? context.source : value

/** Written another way, such as 1.0 or 1e3, it is still the same number. */
const isExact = (value: number, source: string): boolean =>
  String(value) === source || (source.length < 16 && Number.isFinite(value))

const parseExact = (text: string): Cell => {
  try {
    return JSON.parse(text, keepExact) as Cell
  } catch (error) {
    const deep = error instanceof RangeError
    throw unreadable(
      deep ? 'The JSON is nested too deeply to be shown.' : 'The file is not valid JSON. Choose another format.',
      error,
    )
  }
}

/** Objects become rows under the union of their keys; other values stand in one column. */
const tableOf = (values: readonly Cell[]): Pick<Sheet, 'columns' | 'rows' | 'text'> => {
  const names = new Set<string>()
  for (const value of values) if (isRecord(value)) for (const name of Object.keys(value)) names.add(name)
  const isPlain = names.size === 0 || !values.every(isRecord)
  const columns = isPlain ? ['value'] : [...names]
  const rows = values.map((value) =>
    isPlain || !isRecord(value)
      ? [value]
      : columns.map((name) => (Object.hasOwn(value, name) ? (value[name] ?? null) : null)),
  )
  return { columns: columns.map((name, index): Column => ({ name, type: typeOf(rows, index) })), rows, text: undefined }
}

const isRecord = (value: Cell): value is Record<string, Cell> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const typeOf = (rows: readonly Cell[][], index: number): string => {
  const types = new Set(
    rows.flatMap((row) => (row[index] === null || row[index] === undefined ? [] : [kindOf(row[index])])),
  )
  if (types.size === 0) return 'text'
  if (types.size === 1) return [...types][0] ?? 'text'
  return [...types].every((type) => type === 'integer' || type === 'decimal') ? 'decimal' : 'json'
}

const kindOf = (value: Cell): string => {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'decimal'
  if (typeof value === 'string') return 'text'
  return typeof value === 'boolean' ? 'boolean' : 'json'
}
