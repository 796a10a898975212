import { type CertificateFiles, certificateFiles, withFiles } from '../_dialects/certificates.ts'
import { airflowOf, dbtOf, envOf, jdbcOf, type Login, odbcOf, type Params, urlOf } from '../_dialects/texts.ts'
import { type Described, defineDialects, type Spoken } from '../contract.ts'
import { manifest } from './manifest.ts'

type MySql = Described<(typeof manifest)['config'], (typeof manifest)['credentials'][number]>
type SslMode = MySql['config']['ssl_mode']

export const dialects = defineDialects(manifest, {
  uri: (of) => spoken(of, urlOf('mysql', loginOf(of), urlParams(of)), urlNotes(of)),
  sqlalchemy: (of) => {
    const { ca: ssl_ca, certificate: ssl_cert, key: ssl_key } = filesOf(of).names
    const params = { charset: 'utf8mb4', ssl_ca, ssl_cert, ssl_key, ...pymysqlTls[of.config.ssl_mode] }
    return spoken(of, urlOf('mysql+pymysql', loginOf(of), params))
  },
  jdbc: (of) => {
    const { ca } = filesOf(of).names
    const notes = ca === undefined ? [] : ['Connector/J reads the CA from a trust store: import the file into one.']
    return spoken(of, jdbcOf('mysql', loginOf(of), { sslMode: modeOf(of) }), notes)
  },
  odbc: (of) => {
    const { host, port, database, username, password } = loginOf(of)
    const place = { Server: host, Port: String(port), Database: database, Uid: username }
    const tls = { SSLMODE: modeOf(of), SSLCA: filesOf(of).names.ca }
    const { text, notes } = odbcOf('MySQL ODBC 8.0 Unicode Driver', { ...place, ...tls }, password)
    return spoken(of, text, notes)
  },
  airflow: (of) => {
    const { host, port, database, username: login, password } = loginOf(of)
    return spoken(of, airflowOf({ conn_type: 'mysql', host, port, schema: database, login, password, extra: {} }))
  },
  dbt: (of) => {
    const { host, port, database, username, password } = loginOf(of)
    return spoken(of, dbtOf(of.conn_id, { type: 'mysql', server: host, port, schema: database, username, password }))
  },
  prisma: (of) => {
    const isChecked = of.config.ssl_mode.startsWith('verify-')
    const params = { sslaccept: isChecked ? 'strict' : 'accept_invalid_certs', sslcert: filesOf(of).names.ca }
    return spoken(of, urlOf('mysql', loginOf(of), params))
  },
  env: (of) => {
    const { host, port, database, username, password } = loginOf(of)
    const { text, notes } = envOf(['DATABASE_URL', urlOf('mysql', loginOf(of), urlParams(of))], {
      MYSQL_HOST: host,
      MYSQL_PORT: String(port),
      MYSQL_DATABASE: database,
      MYSQL_USER: username,
      MYSQL_PASSWORD: password,
    })
    return spoken(of, text, [...(notes ?? []), ...urlNotes(of)])
  },
})

const loginOf = ({ config: { host, port, database }, credential }: MySql): Login => ({
  host,
  port,
  database,
  username: credential?.username ?? '',
  password: credential?.password,
})

/** MySQL's own words for the modes; it has none that tries without encryption first. */
const modes = {
  disable: 'DISABLED',
  allow: 'PREFERRED',
  prefer: 'PREFERRED',
  require: 'REQUIRED',
  'verify-ca': 'VERIFY_CA',
  'verify-full': 'VERIFY_IDENTITY',
} as const satisfies Record<SslMode, string>

const modeOf = ({ config }: MySql): string => modes[config.ssl_mode]

const urlParams = (of: MySql): Params => {
  const { ca, certificate, key } = filesOf(of).names
  const mode = of.config.ssl_mode === 'disable' ? undefined : modeOf(of)
  return { 'ssl-mode': mode, 'ssl-ca': ca, 'ssl-cert': certificate, 'ssl-key': key }
}

const urlNotes = ({ config: { database, ssl_mode } }: MySql): string[] => [
  ...(/[/?#%]/.test(database)
    ? ['Some clients do not decode the name of a database in an address; give them the fields.']
    : []),
  ...(ssl_mode === 'disable'
    ? []
    : [
        'Clients that do not know ssl-mode, such as mysql2 of Node, would connect without TLS: tell them in their own words.',
      ]),
]

const pymysqlTls: Record<SslMode, Params> = {
  disable: { ssl_disabled: 'true' },
  allow: {},
  prefer: {},
  require: {},
  'verify-ca': { ssl_verify_cert: 'true' },
  'verify-full': { ssl_verify_cert: 'true', ssl_verify_identity: 'true' },
}

const filesOf = ({ conn_id, config, credential }: MySql): CertificateFiles =>
  certificateFiles(conn_id, {
    ca: config.ssl_root_cert,
    certificate: credential?.client_certificate,
    key: credential?.client_key,
  })

const spoken = (of: MySql, text: string, notes: string[] = []): Spoken => withFiles({ text, notes }, filesOf(of))
