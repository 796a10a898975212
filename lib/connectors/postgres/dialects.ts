import {
  airflowOf,
  dbtOf,
  envOf,
  jdbcOf,
  keywordsOf,
  odbcOf,
  type Params,
  type SqlLogin,
  urlOf,
} from '../_sql/dialects.ts'
import { quoteIdent } from '../_sql/quote.ts'
import { type Described, defineDialects, type Spoken } from '../contract.ts'
import { manifest } from './manifest.ts'

type Postgres = Described<(typeof manifest)['config'], (typeof manifest)['credentials'][number]>

export const dialects = defineDialects(manifest, {
  uri: (of) => {
    const isMisread = /[/?#]/.test(of.config.database)
    const notes = isMisread ? ['node-postgres misreads / ? and # in the name of a database; give it the fields.'] : []
    return spoken(of, urlOf('postgresql', loginOf(of), libpqParams(of)), notes)
  },
  sqlalchemy: (of) => spoken(of, urlOf('postgresql+psycopg', loginOf(of), libpqParams(of))),
  libpq: (of) => {
    const { host, port, database, username, password } = loginOf(of)
    const login = { host, port: String(port), dbname: database, user: username, password }
    return spoken(of, keywordsOf({ ...login, ...libpqParams(of) }))
  },
  jdbc: (of) => {
    const { options, ...params } = libpqParams(of)
    return spoken(of, jdbcOf('postgresql', loginOf(of), { ...params, currentSchema: ownSchema(of) }))
  },
  odbc: (of) => {
    const { host, port, database, username, password } = loginOf(of)
    const place = { Server: host, Port: String(port), Database: database, Uid: username }
    const { text, notes } = odbcOf('PostgreSQL Unicode', { ...place, SSLmode: of.config.ssl_mode }, password)
    return spoken(of, text, notes)
  },
  airflow: (of) => {
    const { host, port, database, username, password } = loginOf(of)
    const extra = libpqParams(of)
    return spoken(
      of,
      airflowOf({ conn_type: 'postgres', host, port, schema: database, login: username, password, extra }),
    )
  },
  dbt: (of) => {
    const { host, port, database, username, password } = loginOf(of)
    const { sslmode, sslrootcert, sslcert, sslkey } = libpqParams(of)
    const login = { type: 'postgres', host, port, dbname: database, user: username, password, schema: of.config.schema }
    return spoken(of, dbtOf(of.conn_id, { ...login, threads: 4, sslmode, sslrootcert, sslcert, sslkey }))
  },
  prisma: (of) => {
    const isChecked = of.config.ssl_mode.startsWith('verify-')
    const params = { schema: of.config.schema, ...prismaTls[of.config.ssl_mode] }
    const notes =
      isChecked && of.config.ssl_root_cert ? ['Prisma reads the CA certificate from the file in sslcert.'] : []
    return spoken(of, urlOf('postgresql', loginOf(of), { ...params, sslcert: filesOf(of).names.sslrootcert }), notes)
  },
  env: (of) => {
    const { host, port, database, username, password } = loginOf(of)
    const { sslmode, sslrootcert } = libpqParams(of)
    const { text, notes } = envOf(['DATABASE_URL', urlOf('postgresql', loginOf(of), libpqParams(of))], {
      PGHOST: host,
      PGPORT: String(port),
      PGDATABASE: database,
      PGUSER: username,
      PGPASSWORD: password,
      PGSSLMODE: sslmode,
      PGSSLROOTCERT: sslrootcert,
    })
    return spoken(of, text, notes)
  },
})

const loginOf = ({ config: { host, port, database }, credential }: Postgres): SqlLogin => ({
  host,
  port,
  database,
  username: credential?.username ?? '',
  password: credential?.password,
})

/** `public` is what every program looks into by itself; and some poolers refuse any option. */
const ownSchema = ({ config: { schema } }: Postgres): string | undefined => (schema === 'public' ? undefined : schema)

const libpqParams = (of: Postgres): Params => {
  const schema = ownSchema(of)
  const path = schema === undefined ? undefined : `-c search_path=${optionText(quoteIdent(schema))}`
  return { sslmode: of.config.ssl_mode, ...filesOf(of).names, options: path }
}

// The server splits `options` at white space; a backslash keeps a character as it is.
const optionText = (text: string): string => text.replace(/[\s\\]/g, '\\$&')

const prismaTls = {
  disable: { sslmode: 'disable' },
  allow: { sslmode: 'prefer', sslaccept: 'accept_invalid_certs' },
  prefer: { sslmode: 'prefer', sslaccept: 'accept_invalid_certs' },
  require: { sslmode: 'require', sslaccept: 'accept_invalid_certs' },
  'verify-ca': { sslmode: 'require', sslaccept: 'strict' },
  'verify-full': { sslmode: 'require', sslaccept: 'strict' },
} as const satisfies Record<Postgres['config']['ssl_mode'], Params>

/** Certificates are files to every PostgreSQL client; they are named after the connection. */
const filesOf = ({ conn_id, config, credential }: Postgres) => {
  const contents = {
    sslrootcert: config.ssl_root_cert,
    sslcert: credential?.client_certificate,
    sslkey: credential?.client_key,
  }
  const known = Object.entries(contents).flatMap(([param, text]) =>
    text === undefined ? [] : [{ param, name: `${conn_id}.${endings[param as keyof typeof endings]}`, text }],
  )
  return {
    names: Object.fromEntries(known.map(({ param, name }) => [param, name])) as Params,
    contents: Object.fromEntries(known.map(({ name, text }) => [name, text])),
  }
}

const endings = { sslrootcert: 'ca.pem', sslcert: 'client.pem', sslkey: 'client.key' } as const

const spoken = (of: Postgres, text: string, notes: readonly string[] = []): Spoken => {
  const files = filesOf(of).contents
  const names = Object.keys(files)
  const write = names.length > 0 ? [`Write ${names.join(', ')} beside it; keys readable by their owner only.`] : []
  return { text, files, notes: [...notes, ...write] }
}
