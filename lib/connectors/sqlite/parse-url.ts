import type { ParsedUrl } from '../contract.ts'

/** `sqlite:///orders.db`, `sqlite+aiosqlite:////data/orders.db`, `jdbc:sqlite:orders.db`, `file:orders.db?mode=ro` or the path of a database file. */
export const parseFileText = (text: string): ParsedUrl | undefined => {
  const given = text.trim()
  if (given.length > 2048 || /[\r\n\0]/.test(given)) return undefined
  const found = pathOf(given)
  if (found === undefined) return undefined
  const [path = '', query] = found.isUrl ? found.path.split('?') : [found.path]
  const named = found.isUrl ? decoded(path) : path
  if (named === '' || named === ':memory:') return undefined
  const notes =
    query === undefined ? [] : ['Options of the address were left out: the file is always opened read-only.']
  return { config: { path: named }, credential: {}, notes }
}

const pathOf = (given: string): { path: string; isUrl: boolean } | undefined => {
  const jdbc = /^jdbc:sqlite:(?:file:)?(.+)$/i.exec(given)?.[1]
  if (jdbc !== undefined) return { path: jdbc, isUrl: true }
  // Three slashes are a relative path, four an absolute one, as SQLAlchemy has it.
  const url = /^sqlite3?(?:\+\w+)?:\/\/\/(.+)$/i.exec(given)?.[1]
  if (url !== undefined) return { path: url, isUrl: true }
  const short = /^(?:sqlite3?|file):(?:\/\/(?=\/))?([^?]*\.(?:db3?|sqlite3?)(?:\?.*)?)$/i.exec(given)?.[1]
  if (short !== undefined) return { path: short, isUrl: true }
  return /^[^:?*"<>|]+\.(?:db3?|sqlite3?)$/i.test(given) ? { path: given, isUrl: false } : undefined
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
