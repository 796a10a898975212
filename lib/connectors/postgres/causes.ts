import { loginCauses } from '../_sql/causes.ts'
import { quoteIdent } from '../_sql/quote.ts'
import { at, type CauseRow, type CauseTable, type PlaceFacts, reachCauses, setting, sql } from '../_test/causes.ts'
import { tlsCauses } from '../_tls/causes.ts'

/** What the sentences and fixes may mention; all of it was entered by the person or is a fact of the network. */
export interface FailureContext extends PlaceFacts {
  database: string
  schema: string
  username: string
  /** SQLSTATE, when the server sent one. */
  sqlstate?: string
}

const table = {
  ...reachCauses('PostgreSQL', ({ port }) => setting(`# postgresql.conf\nlisten_addresses = '*'\nport = ${port}`)),
  'protocol.not_postgres': {
    stage: 'tls',
    field: '/config/port',
    sentence: (facts) =>
      `What answers at ${at(facts)} is not PostgreSQL${facts.detail ? ` but ${facts.detail}` : ''}. Check the port.`,
  },
  'protocol.closed': {
    stage: 'authenticate',
    field: '/config/port',
    sentence: (facts) =>
      `${at(facts)} closed the connection in the middle of the conversation. A proxy or a firewall may be in between, or this is another service.`,
  },
  'protocol.flood': {
    stage: 'authenticate',
    field: '/config/host',
    sentence: (facts) => `${at(facts)} sent far more data than a PostgreSQL server would; the connection was cut.`,
  },
  'tls.timeout': {
    stage: 'tls',
    field: '/config/port',
    sentence: (facts) =>
      `${at(facts)} accepted the connection but did not answer the request for encryption. Check that this is PostgreSQL’s port.`,
  },
  'tls.not_supported': {
    stage: 'tls',
    field: '/config/ssl_mode',
    sentence: () =>
      'The server does not offer encryption, which this SSL mode insists on. Switch it on at the server, or choose a weaker mode knowingly.',
    fix: () => setting("# postgresql.conf\nssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'"),
  },
  'tls.required_by_server': {
    stage: 'authenticate',
    field: '/config/ssl_mode',
    sentence: () => 'The server accepts this login only over an encrypted connection. Choose “require” or better.',
    fix: () => setting('ssl_mode = verify-full'),
  },
  ...tlsCauses('postgres'),
  'tls.client_certificate_rejected': {
    stage: 'authenticate',
    field: '/credential/client_certificate',
    sentence: () =>
      'The server does not accept the client certificate: it has expired, or was signed by an authority the server does not know.',
    fix: () =>
      setting("# postgresql.conf\nssl_ca_file = 'root.crt'   # must hold the authority of client certificates"),
  },
  'auth.client_certificate_name': {
    stage: 'authenticate',
    field: '/credential/username',
    sentence: ({ username }) =>
      `The server accepts the client certificate, but not for “${username}”: its common name must be the username, or be mapped to it.`,
    fix: ({ username }) =>
      setting(
        `# pg_ident.conf, named by map=certs in pg_hba.conf\ncerts  <common name of the certificate>  ${quoteIdent(username)}`,
      ),
  },
  ...loginCauses,
  'auth.password_rejected': {
    stage: 'authenticate',
    field: '/credential/password',
    sentence: ({ username }) =>
      `The server rejected the password for “${username}”, or has no such role. Type both again.`,
    fix: ({ username }) => sql(`ALTER ROLE ${quoteIdent(username)} PASSWORD '<new password>';`),
  },
  'auth.no_pg_hba_entry': {
    stage: 'authenticate',
    field: '/config/host',
    sentence: ({ username, database }) =>
      `The server does not let “${username}” into “${database}” from this machine. Add a line to pg_hba.conf (or to your provider’s list of allowed addresses) and reload.`,
    fix: ({ username, database }) =>
      setting(
        `# pg_hba.conf, then: SELECT pg_reload_conf();\nhostssl ${quoteIdent(database)} ${quoteIdent(username)} <address of this machine>/32 scram-sha-256`,
      ),
  },
  'auth.role_cannot_login': {
    stage: 'authenticate',
    field: '/credential/username',
    sentence: ({ username }) => `The role “${username}” exists but may not log in.`,
    fix: ({ username }) => sql(`ALTER ROLE ${quoteIdent(username)} LOGIN;`),
  },
  'auth.role_not_found': {
    stage: 'authenticate',
    field: '/credential/username',
    sentence: ({ username }) => `The server has no role “${username}”. Upper and lower case matter.`,
    fix: ({ username }) => sql(`CREATE ROLE ${quoteIdent(username)} LOGIN PASSWORD '<password>';`),
  },
  'auth.weak_method_refused': {
    stage: 'authenticate',
    field: '/config/ssl_mode',
    sentence: ({ detail }) =>
      `The server asks for the password ${detail ?? 'unprotected'}, and nothing proves that it is the right server. Choose verify-full, or let the role use SCRAM. The password was not sent.`,
    fix: ({ username }) =>
      sql(`SET password_encryption = 'scram-sha-256';\nALTER ROLE ${quoteIdent(username)} PASSWORD '<password>';`),
  },
  'auth.unsupported_method': {
    stage: 'authenticate',
    field: '/credential/username',
    sentence: () =>
      'The server asks for a way to log in other than a password, which this connector does not speak. Give the role a pg_hba.conf line with scram-sha-256.',
  },
  'auth.client_certificate_required': {
    stage: 'authenticate',
    field: '/credential/client_certificate',
    sentence: () =>
      'The server asks for a client certificate. Enter the certificate and its key with the login, and choose an SSL mode that encrypts.',
  },
  'auth.server_not_proven': {
    stage: 'authenticate',
    field: '/config/host',
    sentence: (facts) =>
      `${at(facts)} could not prove that it knows the password, as SCRAM demands. It may not be the server you mean.`,
  },
  'auth.timeout': {
    stage: 'authenticate',
    field: '/config/port',
    sentence: (facts) =>
      `${at(facts)} accepted the connection but did not finish the login in time. Check that this is PostgreSQL’s port and that the server is not overloaded.`,
  },
  'database.not_found': {
    stage: 'database',
    field: '/config/database',
    sentence: ({ database }) => `The login works, but there is no database “${database}”. Upper and lower case matter.`,
    fix: ({ database }) => sql(`CREATE DATABASE ${quoteIdent(database)};`),
  },
  'database.no_connect': {
    stage: 'database',
    field: '/config/database',
    sentence: ({ username, database }) => `“${username}” may not connect to the database “${database}”.`,
    fix: ({ username, database }) =>
      sql(`GRANT CONNECT ON DATABASE ${quoteIdent(database)} TO ${quoteIdent(username)};`),
  },
  'database.not_accepting': {
    stage: 'database',
    field: '/config/database',
    sentence: ({ database }) => `The database “${database}” does not accept connections.`,
    fix: ({ database }) => sql(`ALTER DATABASE ${quoteIdent(database)} WITH ALLOW_CONNECTIONS true;`),
  },
  'server.starting': {
    stage: 'authenticate',
    field: null,
    sentence: () => 'The server is starting up, shutting down or recovering. Try again in a moment.',
  },
  'server.too_many_connections': {
    stage: 'authenticate',
    field: null,
    sentence: () =>
      'The server has no connection left for this login. Raise the limit, use a pooler, or close idle connections.',
    fix: ({ username }) =>
      sql(
        `SELECT pid, application_name, state, state_change FROM pg_stat_activity WHERE usename = '${username.replaceAll("'", "''")}';\nALTER ROLE ${quoteIdent(username)} CONNECTION LIMIT 20;`,
      ),
  },
  'server.refused': {
    stage: 'authenticate',
    field: null,
    sentence: ({ sqlstate }) =>
      `The server refused the login${sqlstate ? ` with code ${sqlstate}` : ''}. Its log says why.`,
  },
  'query.timeout': {
    stage: 'database',
    field: null,
    sentence: () => 'The login worked, but the server did not answer a simple query in time.',
  },
  'query.failed': {
    stage: 'database',
    field: null,
    sentence: ({ sqlstate }) =>
      `The login worked, but the server failed a simple query${sqlstate ? ` with code ${sqlstate}` : ''}. It may not be PostgreSQL 12 or newer.`,
  },
  'schema.not_found': {
    stage: 'schema',
    field: '/config/schema',
    sentence: ({ schema, database, detail }) =>
      `There is no schema “${schema}” in “${database}”.${detail ? ` There are: ${detail}.` : ''}`,
    fix: ({ schema }) => sql(`CREATE SCHEMA ${quoteIdent(schema)};`),
  },
  'schema.no_usage': {
    stage: 'schema',
    field: '/config/schema',
    sentence: ({ schema, username }) => `“${username}” may not look into the schema “${schema}”.`,
    fix: ({ schema, username }) =>
      sql(
        `GRANT USAGE ON SCHEMA ${quoteIdent(schema)} TO ${quoteIdent(username)};\nGRANT SELECT ON ALL TABLES IN SCHEMA ${quoteIdent(schema)} TO ${quoteIdent(username)};`,
      ),
  },
} as const satisfies Record<string, CauseRow<FailureContext>>

export type CauseCode = keyof typeof table

/** Every way a PostgreSQL connection fails that we can tell apart: where, which field, what to say, what to copy. */
export const causes: CauseTable<FailureContext, CauseCode> = table
