import type { StatementSync } from 'node:sqlite'
import type { ResultHead } from '../contract.ts'

type Column = ResultHead['columns'][number]

/** Columns as they are declared; of those that are not, such as results of a function, what the first row holds. */
export const columnsOf = (statement: StatementSync, first: unknown, columnsMax: number): ResultHead => {
  const found = statement.columns()
  const values = Array.isArray(first) ? first : []
  const columns = found.slice(0, columnsMax).map(({ name, type }, index): Column => {
    const shown = type === null || type === undefined || type === '' ? typeOf(values[index]) : type
    return { name: String(name), type: shown, kind: kindOf(shown) }
  })
  return { columns, columns_left_out: found.length - columns.length }
}

const typeOf = (value: unknown): string => {
  if (typeof value === 'bigint') return 'integer'
  if (typeof value === 'number') return 'real'
  if (typeof value === 'string') return 'text'
  return value instanceof Uint8Array ? 'blob' : 'any'
}

/** As SQLite guesses from the words of a declaration, and the words people use. The first that fits. */
const kinds: readonly [RegExp, Column['kind']][] = [
  [/datetime|timestamp/i, 'timestamp'],
  [/^date\b/i, 'date'],
  [/^time\b/i, 'time'],
  [/json/i, 'json'],
  [/uuid|guid/i, 'uuid'],
  [/int|bool/i, 'integer'],
  [/char|clob|text|string/i, 'text'],
  [/blob|binary/i, 'binary'],
  [/real|floa|doub/i, 'float'],
  [/dec|num/i, 'decimal'],
]
const kindOf = (type: string): Column['kind'] => kinds.find(([words]) => words.test(type))?.[1] ?? 'other'
