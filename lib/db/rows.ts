import { type CustomTypesConfig, types } from 'pg'
import { Prisma, pool } from './client.ts'

/**
 * The rows of one statement, outside a transaction, prepared once per connection: for lists, where planning the
 * statement again and turning every value over twice would cost more than reading the page. Times are ISO text.
 * `prepared: false` where the values decide which plan is good, so that it is made for them.
 */
export const readRows = async <T>(sql: Prisma.Sql, { prepared = true }: { prepared?: boolean } = {}): Promise<T[]> => {
  const statement = { text: sql.text, values: sql.values, ...(prepared && nameOf(sql.text)), types: parsers }
  const { rows } = await pool()
    .query(statement)
    .catch((error: unknown) => {
      throw new StatementError(error)
    })
  return rows
}

/** A number that stands in the statement itself: the plan of a prepared one is made without knowing its values. */
export const literal = (value: number): Prisma.Sql => Prisma.raw(String(Math.trunc(value)))

/** What the driver said, told apart from errors with the same code that came from elsewhere. */
export class StatementError extends Error {
  override readonly name = 'StatementError'
  readonly code: string
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : 'The statement failed.', { cause })
    this.code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  }
}

// The server keeps what is prepared as long as a connection lives, so only so many statements are.
const preparedMax = 200
const holder = globalThis as typeof globalThis & { jackfieldStatements?: Map<string, string> }

const nameOf = (text: string): { name?: string } => {
  holder.jackfieldStatements ??= new Map()
  const names = holder.jackfieldStatements
  const known = names.get(text)
  if (known !== undefined) return { name: known }
  if (names.size >= preparedMax || isPooled()) return {}
  const name = `rows_${names.size}`
  names.set(text, name)
  return { name }
}

/** `?pgbouncer=true`: transactions of one connection here meet several there, so nothing prepared is found again. */
const isPooled = (): boolean => /[?&]pgbouncer=true\b/.test(pool().options.connectionString ?? '')

const timestamptz = types.builtins.TIMESTAMPTZ
const parseTime = types.getTypeParser(timestamptz)
const fractions: Partial<Record<number, string>> = { 19: '.000', 21: '00', 22: '0', 23: '' }

/** `2026-11-21 15:14:49.9+00` becomes `2026-11-21T15:14:49.900Z` without a calendar; what looks different goes by one. */
const timeOf = (text: string): string => {
  const end = text.length - 3
  const missing = text[10] === ' ' && text.endsWith('+00') ? fractions[end] : undefined
  if (missing === undefined) return parseTime(text).toISOString()
  return `${text.slice(0, 10)}T${text.slice(11, end)}${missing}Z`
}

const parsers: CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === timestamptz ? timeOf : types.getTypeParser(oid, format)),
}
