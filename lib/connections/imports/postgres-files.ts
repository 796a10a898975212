import type { ForeignEntry } from './entry.ts'

/** `~/.pgpass`: `host:port:database:user:password`, with `\:` and `\\` escaped. Lines that hold for any host or database are left out. */
export const readPgpass = (text: string): ForeignEntry[] | undefined => {
  const lines = linesOf(text)
  const rows = lines.map((line) => fieldsOf(line))
  if (rows.length === 0 || !rows.every((row) => row.length === 5)) return undefined
  return rows.map(([host = '', port = '', database = '', user = '', password = ''], i) => {
    const place = [host, port, database, user]
    const name = `${database === '*' ? user : database}-${host}`
    return {
      label: `line ${i + 1}: ${user}@${host}:${port}/${database}`,
      name,
      paste: libpqOf({
        host,
        port: port === '*' ? '5432' : port,
        dbname: database === '*' ? 'postgres' : database,
        user,
        password,
      }),
      notes: place.includes('*') ? [`“*” stood for any: ${wildcards(place)} was filled in. Check it.`] : [],
    }
  })
}

const wildcards = (place: string[]): string =>
  ['host', 'port', 'database', 'user'].filter((_, i) => place[i] === '*').join(', ')

const fieldsOf = (line: string): string[] =>
  [...line.matchAll(/((?:\\.|[^\\:])*)(?::|$)/g)].slice(0, 5).map(([, field = '']) => field.replace(/\\(.)/g, '$1'))

/** `pg_service.conf`: sections of libpq keywords. */
export const readServices = (text: string): ForeignEntry[] | undefined => {
  const services = new Map<string, Record<string, string>>()
  let current: Record<string, string> | undefined
  for (const line of linesOf(text)) {
    const section = /^\[([^\]]+)\]$/.exec(line)?.[1]
    const [, key, value] = /^([a-z_]+)\s*=\s*(.*)$/.exec(line) ?? []
    if (section !== undefined) {
      current = {}
      services.set(section, current)
    } else if (current && key !== undefined) current[key] = value ?? ''
    else return undefined
  }
  if (![...services.values()].some((pairs) => Object.keys(pairs).length > 0)) return undefined
  return [...services].map(([name, pairs]) => ({ label: name, name, paste: libpqOf(pairs) }))
}

const libpqOf = (pairs: Record<string, string>): string =>
  Object.entries(pairs)
    .map(([key, value]) => `${key}='${value.replace(/[\\']/g, '\\$&')}'`)
    .join(' ')

const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
