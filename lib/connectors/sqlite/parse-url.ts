import type { Parts } from '../_paste/parts.ts'
import { readPaste } from '../_paste/read.ts'
import { insideVariables } from '../_paste/variables.ts'
import type { ParsedUrl } from '../contract.ts'

/** `sqlite:///orders.db`, `sqlite+aiosqlite:////data/orders.db`, `jdbc:sqlite:orders.db`, `file:orders.db?mode=ro`, or a path, also in a line of `.env`. */
export const parseFileText = (text: string): ParsedUrl | undefined => readFile(text) ?? insideVariables(text, readFile)

const readFile = (text: string): ParsedUrl | undefined => {
  const given = text.trim()
  if (barePath.test(given)) return { config: { path: given }, credential: {}, notes: [] }
  const parts = readPaste(text, { schemes: ['sqlite', 'sqlite3', 'file'], opaque: true, variables })
  const path = parts && pathOf(parts, text)
  if (!parts || !path || path === ':memory:' || (parts.scheme === 'file' && !barePath.test(path))) return undefined
  const notes = parts.address?.query
    ? [...parts.notes, 'Options of the address were left out: the file is always opened read-only.']
    : parts.notes
  return { config: { path }, credential: {}, notes }
}

const barePath = /^[^:?*"<>|\r\n\0]{1,1024}\.(?:db3?|sqlite3?)$/i

const variables = {
  SQLITE_PATH: 'database',
  SQLITE_DATABASE: 'database',
  SQLITE_FILE: 'database',
  SQLITE_DB: 'database',
}

/** Three slashes are a relative path and four an absolute one, as SQLAlchemy has it; `file:///` is always absolute. */
const pathOf = ({ values, address }: Parts, text: string): string | undefined => {
  if (!address) return values.get('database') ?? values.get('host')
  if (address.authority !== '') return undefined
  const path = decoded(address.path)
  return path.slice(/sqlite3?(?:\+\w+)?:\/\/\//i.test(text) || path.startsWith('//') ? 1 : 0)
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
