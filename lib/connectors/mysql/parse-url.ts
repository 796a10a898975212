import { readPaste } from '../_paste/read.ts'
import { given, taking } from '../_paste/take.ts'
import type { SslMode } from '../_tls/ssl.ts'
import type { ParsedUrl } from '../contract.ts'

/** Turns a URL, a JDBC or SQLAlchemy address, a Go DSN, an ODBC string or lines of an .env file into form values. */
export const parseConnectionText = (text: string): ParsedUrl | undefined => {
  const parts = readPaste(text, {
    schemes: ['mysql', 'mariadb', 'mysqlx', 'percona', 'aurora'],
    dsn: true,
    odbc: /mysql|maria/i,
    ado: (keys) => keys.has('server') && (keys.has('uid') || keys.has('user id')) && !keys.has('initial catalog'),
    variables,
  })
  if (!parts) return undefined
  const { take, config, endpoint, notes, result } = taking(parts)
  endpoint()
  const mode = modeOf(take(...modeNames), take(...flagNames), take(...verifyNames), notes)
  if (take('ssl-ca', 'ssl_ca', 'sslca', 'sslrootcert', 'serverSslCert', 'trustCertificateKeyStoreUrl') !== undefined)
    notes.push('The CA certificate is a file; paste its contents into the form.')
  if (take('allowPublicKeyRetrieval', 'allowLoadLocalInfile', 'local_infile', 'allowMultiQueries') !== undefined)
    notes.push('Options that let a server read files, hand out keys or run several statements at once are never used.')
  Object.assign(config, given({ database: take('database', 'db'), ssl_mode: mode }))
  for (const name of harmless) take(name)
  return result(given({ username: take('user', 'login'), password: take('password', 'passwd') }))
}

const variables = {
  MYSQL_HOST: 'host',
  MYSQL_TCP_PORT: 'port',
  MYSQL_PORT: 'port',
  MYSQL_DATABASE: 'database',
  MYSQL_USER: 'user',
  MYSQL_PASSWORD: 'password',
  MYSQL_PWD: 'password',
  MARIADB_HOST: 'host',
  MARIADB_PORT: 'port',
  MARIADB_DATABASE: 'database',
  MARIADB_USER: 'user',
  MARIADB_PASSWORD: 'password',
  DB_HOST: 'host',
  DB_PORT: 'port',
  DB_DATABASE: 'database',
  DB_NAME: 'database',
  DB_USERNAME: 'user',
  DB_USER: 'user',
  DB_PASSWORD: 'password',
}

const modeNames = ['sslMode', 'ssl-mode', 'ssl_mode', 'sslmode', 'tls']
const flagNames = ['useSSL', 'ssl', 'requireSSL', 'sslaccept']
const verifyNames = ['verifyServerCertificate', 'ssl_verify_identity', 'ssl-verify-server-cert', 'sslverify']

/** Every driver has its own words for the same six levels; a Go DSN says `tls=true` and means the strictest. */
const modes = new Map<string, SslMode>([
  ['disabled', 'disable'],
  ['disable', 'disable'],
  ['none', 'disable'],
  ['false', 'disable'],
  ['0', 'disable'],
  ['preferred', 'prefer'],
  ['prefer', 'prefer'],
  ['allow', 'allow'],
  ['required', 'require'],
  ['require', 'require'],
  ['trust', 'require'],
  ['skip-verify', 'require'],
  ['accept_invalid_certs', 'require'],
  ['verify_ca', 'verify-ca'],
  ['verify-ca', 'verify-ca'],
  ['verify_identity', 'verify-full'],
  ['verify-full', 'verify-full'],
  ['verify_full', 'verify-full'],
  ['true', 'verify-full'],
  ['1', 'verify-full'],
  ['strict', 'verify-full'],
])

const modeOf = (
  mode: string | undefined,
  flag: string | undefined,
  verify: string | undefined,
  notes: string[],
): SslMode | undefined => {
  const known = modes.get(mode?.toLowerCase() ?? '')
  if (known) return known
  if (mode !== undefined) notes.push('The SSL mode was not understood; “verify-full” was chosen.')
  if (mode !== undefined || isYes(verify)) return 'verify-full'
  if (flag === undefined) return undefined
  return isYes(flag) || flag === 'strict' || flag.startsWith('{')
    ? 'verify-full'
    : (modes.get(flag.toLowerCase()) ?? 'disable')
}

const isYes = (text: string | undefined): boolean => /^(?:1|true|yes|on)$/i.test(text ?? '')

// How a driver reads and writes text and times, which is not a matter of the connection here.
const harmless = [
  'charset',
  'collation',
  'characterEncoding',
  'useUnicode',
  'parseTime',
  'loc',
  'option',
  'timezone',
  'serverTimezone',
]
