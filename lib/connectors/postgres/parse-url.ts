import { type Dialects, type Parts, unquote } from '../_paste/parts.ts'
import { readPaste } from '../_paste/read.ts'
import { given, taking } from '../_paste/take.ts'
import { type SslMode, sslModes } from '../_tls/ssl.ts'
import type { ParsedUrl } from '../contract.ts'

const dialects: Dialects = {
  schemes: ['postgres', 'postgresql', 'pgsql'],
  libpq: true,
  odbc: /postgres|psqlodbc|pgsql/i,
  // Npgsql says Host where others say Server.
  ado: (keys) => keys.has('host') && ['username', 'user id', 'database'].some((key) => keys.has(key)),
  variables: {
    PGHOST: 'host',
    PGHOSTADDR: 'hostaddr',
    PGPORT: 'port',
    PGDATABASE: 'database',
    PGUSER: 'user',
    PGPASSWORD: 'password',
    PGSSLMODE: 'sslmode',
    PGSSLROOTCERT: 'sslrootcert',
    PGOPTIONS: 'options',
    POSTGRES_HOST: 'host',
    POSTGRES_PORT: 'port',
    POSTGRES_DB: 'database',
    POSTGRES_USER: 'user',
    POSTGRES_PASSWORD: 'password',
  },
}

/** Turns what people have at hand into form values. Undefined when it is not about PostgreSQL. Never throws: the text holds a password. */
export const parseConnectionText = (text: string): ParsedUrl | undefined => {
  const parts = readPaste(text, dialects)
  return parts && toForm(parts)
}

const toForm = (parts: Parts): ParsedUrl => {
  const { take, endpoint, config, notes, result } = taking(parts)
  endpoint()
  const database = take('database')
  const schema =
    take('currentSchema') ?? take('schema') ?? schemaOf(take('options')) ?? take('search path', 'searchpath')
  const mode = sslModeOf(take('sslmode', 'ssl mode'), take('ssl'), take('sslrootcert', 'root certificate'), notes)
  Object.assign(config, given({ database, schema, ssl_mode: mode }))
  return result(given({ username: take('user'), password: take('password') }))
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
  // Npgsql writes VerifyFull.
  const known = sslModes.find((name) => name.replace('-', '') === mode.toLowerCase().replace('-', ''))
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
