import { type Dialects, type Parts, partsOf, percentDecoded, splitOnce } from './parts.ts'

/** `postgresql+psycopg2://etl:pw@db:5432/app?sslmode=require`, the same behind `jdbc:`, or `sqlite:/data/shop.db`. */
export const readUrl = (text: string, { schemes, opaque }: Dialects): Parts | undefined => {
  const match = /^(jdbc:)?([a-z][a-z0-9_.-]*)(?:\+[\w.-]+)?:(.*)$/is.exec(text)
  const scheme = match?.[2]?.toLowerCase() ?? ''
  if (!match || !schemes.includes(scheme)) return undefined
  const isJdbc = match[1] !== undefined
  // `jdbc:mysql:replication://…`: how it is balanced is the driver's business.
  const address = isJdbc ? (match[3] ?? '').replace(/^[a-z-]+:(?=\/\/)/i, '') : (match[3] ?? '')
  if (address.startsWith('//')) return readParts(scheme, splitAuthority(address.slice(2)), isJdbc)
  return isJdbc || opaque ? readParts(scheme, ['', address], isJdbc) : undefined
}

const readParts = (scheme: string, [authority, rest]: [string, string], isJdbc: boolean): Parts => {
  const parts = partsOf(isJdbc ? 'jdbc' : 'url', { scheme })
  const set = (key: string, raw: string) => {
    if (raw === '') return
    const value = percentDecoded(raw)
    if (value === undefined)
      parts.notes.push(`The ${labelOf(key)} holds a % that is not encoded; it was taken as it stands.`)
    parts.values.set(key, value ?? raw)
  }
  const at = authority.lastIndexOf('@')
  if (at >= 0) {
    const [user, password] = splitOnce(authority.slice(0, at), ':')
    set('user', user)
    set('password', password ?? '')
  }
  readHosts(authority.slice(at + 1), set)
  const [path = '', query = ''] = splitOnce(rest, '?')
  set('database', path.replace(/^\//, ''))
  parts.address = { authority: authority.slice(at + 1), path, query }
  for (const pair of query.split('#')[0]?.split('&') ?? []) {
    const [key = '', value = ''] = splitOnce(pair, '=')
    if (key) set(neutral.get(key) ?? key, isJdbc ? value.replaceAll('+', ' ') : value)
  }
  return parts
}

// `a:1,b:2` becomes host `a,b` and port `1,2`, as libpq sees it; `[::1]:5432` keeps its colons.
const readHosts = (text: string, set: (key: string, value: string) => void): void => {
  const hosts = text.split(',').map((part) => /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(part))
  set('host', hosts.map((match) => match?.[1]?.replace(/^\[(.*)\]$/, '$1') ?? '').join(','))
  const ports = hosts.map((match) => match?.[2] ?? '')
  if (ports.some(Boolean)) set('port', ports.join(','))
}

// The login ends at the last @ before the path; if there is none, an unencoded slash stood in the password.
const splitAuthority = (rest: string): [string, string] => {
  const beforeQuery = rest.search(/\?/) < 0 ? rest.length : rest.search(/\?/)
  const slash = rest.slice(0, beforeQuery).indexOf('/')
  const end = slash < 0 ? beforeQuery : slash
  if (rest.slice(0, end).includes('@')) return [rest.slice(0, end), rest.slice(end)]
  const at = rest.slice(0, beforeQuery).lastIndexOf('@')
  if (at < 0) return [rest.slice(0, end), rest.slice(end)]
  const next = rest.slice(at).search(/[/?]/)
  return next < 0 ? [rest, ''] : [rest.slice(0, at + next), rest.slice(at + next)]
}

// Drivers name the same things differently.
const neutral = new Map([
  ['dbname', 'database'],
  ['databaseName', 'database'],
  ['username', 'user'],
])

const labelOf = (key: string): string => (key === 'user' ? 'username' : /^[\w.-]{1,40}$/.test(key) ? key : 'address')
