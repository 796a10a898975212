import { type CertificateFiles, certificateFiles, withFiles } from '../_dialects/certificates.ts'
import {
  airflowOf,
  dbtOf,
  envOf,
  jdbcOf,
  keywordsOf,
  type Login,
  odbcOf,
  type Params,
  urlOf,
} from '../_dialects/texts.ts'
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
    const { host, port, database, username: login, password } = loginOf(of)
    const extra = libpqParams(of)
    return spoken(of, airflowOf({ conn_type: 'postgres', host, port, schema: database, login, password, extra }))
  },
  dbt: (of) => {
    const { host, port, database, username, password } = loginOf(of)
    const { sslmode, sslrootcert, sslcert, sslkey } = libpqParams(of)
    const login = { type: 'postgres', host, port, dbname: database, user: username, password, schema: of.config.schema }
    return spoken(of, dbtOf(of.conn_id, { ...login, threads: 4, sslmode, sslrootcert, sslcert, sslkey }))
  },
  prisma: (of) => {
    const { ca } = filesOf(of).names
    const notes = ca === undefined ? [] : ['Prisma reads the CA certificate from the file in sslcert.']
    const params = { schema: of.config.schema, ...prismaTls[of.config.ssl_mode], sslcert: ca }
    return spoken(of, urlOf('postgresql', loginOf(of), params), notes)
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

const loginOf = ({ config: { host, port, database }, credential }: Postgres): Login => ({
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
  const { ca: sslrootcert, certificate: sslcert, key: sslkey } = filesOf(of).names
  const options = schema === undefined ? undefined : `-c search_path=${optionText(quoteIdent(schema))}`
  return { sslmode: of.config.ssl_mode, sslrootcert, sslcert, sslkey, options }
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

const filesOf = ({ conn_id, config, credential }: Postgres): CertificateFiles =>
  certificateFiles(conn_id, {
    ca: config.ssl_root_cert,
    certificate: credential?.client_certificate,
    key: credential?.client_key,
  })

const spoken = (of: Postgres, text: string, notes: string[] = []): Spoken => withFiles({ text, notes }, filesOf(of))
