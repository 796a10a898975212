import { type SslMode, sslModes } from '../_tls/ssl.ts'
import type { ParsedUrl } from '../contract.ts'

/**
 * Turns what people have at hand into form values: a URI, a JDBC or SQLAlchemy URL, libpq's `key=value`, a psql command,
 * or lines of an .env file. Undefined when it is none of them. Never throws: the text holds a password.
 */
export const parseConnectionText = (text: string): ParsedUrl | undefined => {
  if (text.length > 65_536) return undefined
  const trimmed = unquote(text.trim().replace(/^psql\s+/, ''))
  const given = readUri(trimmed) ?? readEnvFile(text) ?? readKeyValues(trimmed)
  return given && toForm(given)
}

/** Settings under libpq's names, as found. */
interface Given {
  values: Map<string, string>
  notes: string[]
}

const readUri = (text: string): Given | undefined => {
  const match = /^(jdbc:)?postgres(?:ql)?(?:\+\w+)?:(.*)$/is.exec(text)
  if (!match) return undefined
  const isJdbc = match[1] !== undefined
  const address = match[2] ?? ''
  if (!address.startsWith('//')) return isJdbc ? readParts('', `/${address.replace(/^\//, '')}`, true) : undefined
  const [authority, path] = splitAuthority(address.slice(2))
  return readParts(authority, path, isJdbc)
}

const readParts = (authority: string, path: string, isJdbc: boolean): Given => {
  const notes: string[] = []
  const values = new Map<string, string>()
  const set = (key: string, raw: string) => {
    if (raw === '') return
    const value = percentDecoded(raw)
    if (value === undefined) notes.push(`The ${labelOf(key)} holds a % that is not encoded; it was taken as it stands.`)
    values.set(key, value ?? raw)
  }
  const at = authority.lastIndexOf('@')
  if (at >= 0) {
    const login = authority.slice(0, at)
    const colon = login.indexOf(':')
    set('user', colon < 0 ? login : login.slice(0, colon))
    if (colon >= 0) set('password', login.slice(colon + 1))
  }
  readHosts(authority.slice(at + 1), set)
  const [database = '', query = ''] = splitOnce(path, '?')
  set('dbname', database.replace(/^\//, ''))
  for (const pair of query.split('#')[0]?.split('&') ?? []) {
    const [key = '', value = ''] = splitOnce(pair, '=')
    if (key) set(isJdbc ? jdbcName(key) : key, isJdbc ? value.replaceAll('+', ' ') : value)
  }
  return { values, notes }
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

const readKeyValues = (text: string): Given | undefined => {
  const values = new Map<string, string>()
  const pair = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*)?)(?=\s|$)/gsy
  let end = 0
  for (let match = pair.exec(text); match; match = pair.exec(text)) {
    values.set(match[1] ?? '', (match[2] ?? match[3] ?? '').replace(/\\(.)/gs, '$1'))
    end = pair.lastIndex
  }
  if (text.slice(end).trim() !== '') return undefined
  const isLibpq = ['host', 'hostaddr', 'dbname', 'user'].some((key) => values.has(key))
  return isLibpq ? { values, notes: [] } : undefined
}

const readEnvFile = (text: string): Given | undefined => {
  const lines = text.split(/\r?\n/).map((line) => /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*(.*)$/i.exec(line))
  const pairs = lines.flatMap((match) => (match ? [[match[1] ?? '', unquote(match[2] ?? '')] as const] : []))
  for (const [, value] of pairs) {
    const uri = readUri(value)
    if (uri) return uri
  }
  const values = new Map<string, string>()
  for (const [name, value] of pairs) {
    const key = environmentNames.get(name)
    if (key && value !== '') values.set(key, value)
  }
  return values.size > 0 ? { values, notes: [] } : undefined
}

const environmentNames = new Map([
  ['PGHOST', 'host'],
  ['PGHOSTADDR', 'hostaddr'],
  ['PGPORT', 'port'],
  ['PGDATABASE', 'dbname'],
  ['PGUSER', 'user'],
  ['PGPASSWORD', 'password'],
  ['PGSSLMODE', 'sslmode'],
  ['PGSSLROOTCERT', 'sslrootcert'],
  ['PGOPTIONS', 'options'],
  ['POSTGRES_HOST', 'host'],
  ['POSTGRES_PORT', 'port'],
  ['POSTGRES_DB', 'dbname'],
  ['POSTGRES_USER', 'user'],
  ['POSTGRES_PASSWORD', 'password'],
])

const toForm = ({ values, notes }: Given): ParsedUrl => {
  const config: ParsedUrl['config'] = {}
  const credential: ParsedUrl['credential'] = {}
  const take = (key: string): string | undefined => {
    const value = values.get(key)
    values.delete(key)
    return value === '' ? undefined : value
  }
  const hostAddress = take('hostaddr')
  const host = take('host') ?? hostAddress
  const port = take('port')
  if (host?.includes(',')) {
    notes.push('Several hosts were given. A connection has one; enter the host and port you want.')
  } else {
    if (host?.startsWith('/') || host?.startsWith('@')) notes.push('Sockets cannot be used; enter a host name.')
    else if (host) config.host = host
    if (port && /^\d{1,5}$/.test(port)) config.port = Number(port)
    else if (port) notes.push('The port is not a number and was left out.')
  }
  copy(take('dbname'), (database) => (config.database = database))
  copy(take('currentSchema') ?? take('schema') ?? schemaOf(take('options')), (schema) => (config.schema = schema))
  copy(sslModeOf(take('sslmode'), take('ssl'), take('sslrootcert'), notes), (mode) => (config.ssl_mode = mode))
  copy(take('user'), (username) => (credential.username = username))
  copy(take('password'), (password) => (credential.password = password))
  const left = [...values.keys()].filter((key) => /^[\w.-]{1,40}$/.test(key))
  if (left.length > 0) notes.push(`Left out, because the form has no field for it: ${left.slice(0, 10).join(', ')}.`)
  return { config, credential, notes }
}

const sslModeOf = (
  mode: string | undefined,
  flag: string | undefined,
  rootCert: string | undefined,
  notes: string[],
): SslMode | undefined => {
  if (rootCert === 'system') return 'verify-full'
  if (rootCert) notes.push('The CA certificate is a file; paste its contents into the form.')
  if (mode === undefined) return flag === undefined || flag === 'false' ? undefined : 'require'
  const known = sslModes.find((name) => name === mode.toLowerCase())
  if (!known) notes.push('The SSL mode was not understood; “require” was chosen.')
  return known ?? 'require'
}

// `-c search_path=sales,public`: the first schema is the one unqualified names go to.
const schemaOf = (options: string | undefined): string | undefined => {
  const path = /(?:^|\s)(?:-c\s*|--)search_path=((?:[^\s\\]|\\.)+)/.exec(options ?? '')?.[1]
  return path
    ?.replace(/\\(.)/g, '$1')
    .split(',')
    .map((name) => unquote(name.trim()))
    .find((name) => name !== '' && name !== '$user')
}

const copy = (value: string | undefined, to: (value: string) => void): void => {
  if (value !== undefined) to(value)
}

const jdbcName = (key: string): string => ({ databaseName: 'dbname', username: 'user' })[key] ?? key

const labelOf = (key: string): string => ({ dbname: 'database', user: 'username' })[key] ?? key

const percentDecoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const splitOnce = (text: string, mark: string): [string, string?] => {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)]
}

const unquote = (text: string): string => {
  const trimmed = text.trim()
  const quoted = /^(["'])(.*)\1;?$/s.exec(trimmed)
  return quoted ? (quoted[2] ?? '') : trimmed
}
