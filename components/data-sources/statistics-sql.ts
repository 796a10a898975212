import type { DiscoveredRelation, SqlDialect, SqlWriting } from '#lib/connectors/contract'
import { qualifiedName, quoted } from './sql-text.ts'

/** Rows looked at; of a larger table, these are not all. */
export const statisticsRows = 1_000_000
const topValues = 8
const shownLength = 200

interface Dialect {
  text: (value: string) => string
  /** Types whose values stand in an order of their own, so that there is a smallest and a largest. */
  ordered: RegExp
  /** Types that hold bytes, which are shown as digits. */
  binary: RegExp
  digits: (value: string) => string
}

const dialects: Record<SqlDialect, Dialect> = {
  postgres: {
    text: (value) => `CAST(${value} AS text)`,
    ordered:
      /^(?:smallint|integer|bigint|numeric|real|double precision|money|date|time|interval|text|character|inet|oid|pg_lsn)(?!.*\[\])/i,
    binary: /^bytea$/i,
    digits: (value) => `encode(${value}, 'hex')`,
  },
  mysql: {
    text: (value) => `CAST(${value} AS CHAR)`,
    ordered:
      /^(?:tiny|small|medium|big)?int|^(?:decimal|float|double|bit|year|date|time|(?:var)?char|(?:tiny|medium|long)?text|enum|set)/i,
    binary: /blob|binary|geometry|point|linestring|polygon|collection/i,
    digits: (value) => `HEX(${value})`,
  },
  sqlite: {
    text: (value) => `CAST(${value} AS text)`,
    ordered: /^/,
    binary: /blob/i,
    digits: (value) => `hex(${value})`,
  },
}

/**
 * One statement that reads a column once: rows, nulls, distinct values, the smallest, the largest, and in a row each, the
 * values that stand there most often.
 */
export const statisticsStatement = (
  relation: Pick<DiscoveredRelation, 'schema' | 'name'>,
  column: { name: string; type: string },
  { quote, dialect = 'postgres' }: SqlWriting,
): string => {
  const { text, ordered, binary, digits } = dialects[dialect]
  const name = quoted(column.name, quote)
  const isBinary = binary.test(column.type)
  const isOrdered = !isBinary && ordered.test(column.type)
  // What has no order of its own often cannot be compared either, but its text can.
  const value = isOrdered ? name : isBinary ? digits(name) : text(name)
  const shown = (one: string) => `substr(${text(one)}, 1, ${shownLength})`
  const end = (which: 'min' | 'max') => (isOrdered ? shown(`${which}(val)`) : 'NULL')
  return `WITH part AS (SELECT ${value} AS val FROM ${qualifiedName(relation, quote)} LIMIT ${statisticsRows}),
tally AS (SELECT val, count(*) AS val_count FROM part GROUP BY val),
total AS (SELECT sum(val_count) AS row_count, sum(CASE WHEN val IS NULL THEN val_count ELSE 0 END) AS null_count, count(val) AS distinct_count, ${end('min')} AS low, ${end('max')} AS high FROM tally),
common AS (SELECT ${shown('val')} AS val, val_count FROM tally WHERE val IS NOT NULL ORDER BY val_count DESC, val LIMIT ${topValues})
SELECT total.row_count, total.null_count, total.distinct_count, total.low, total.high, common.val, common.val_count
FROM total LEFT JOIN common ON 1 = 1 ORDER BY common.val_count DESC, common.val`
}

export interface ColumnStatistics {
  rows: number
  nulls: number
  distinct: number
  low: string | null
  high: string | null
  top: { value: string; count: number }[]
}

/** What the rows of the answer say. */
export const readStatistics = (rows: readonly (readonly unknown[])[]): ColumnStatistics => {
  const [total, nulls, distinct, low, high] = rows[0] ?? []
  return {
    rows: number(total),
    nulls: number(nulls),
    distinct: number(distinct),
    low: textOf(low),
    high: textOf(high),
    top: rows.flatMap((row) => {
      const value = textOf(row[5])
      return value === null ? [] : [{ value, count: number(row[6]) }]
    }),
  }
}

const number = (value: unknown): number => Number(value ?? 0)
const textOf = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))
