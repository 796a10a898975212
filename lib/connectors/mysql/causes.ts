import { loginCauses } from '../_sql/causes.ts'
import { quoteLiteral } from '../_sql/quote.ts'
import {
  at,
  type CauseRow,
  type CauseTable,
  type PlaceFacts,
  reachCauses,
  setting,
  shell,
  sql,
} from '../_test/causes.ts'
import { tlsCauses } from '../_tls/causes.ts'
import { quoteName } from './quote.ts'

/** What the sentences and fixes may mention; all of it was entered by the person or is a fact of the network. */
export interface FailureContext extends PlaceFacts {
  database: string
  username: string
  /** Where the server sees us come from, as it stands in accounts: an address or a host name. */
  client?: string
  /** The server's number for an error. */
  number?: number
}

const account = ({ username, client = '<address of this machine>' }: FailureContext) =>
  `${quoteLiteral(username)}@${quoteLiteral(client)}`

const table = {
  ...reachCauses('the server', ({ port }) =>
    setting(`# my.cnf, below [mysqld]\nbind-address = 0.0.0.0\nport = ${port}`),
  ),
  'protocol.not_mysql': {
    stage: 'banner',
    field: '/config/port',
    sentence: (facts) =>
      `What answers at ${at(facts)} is not MySQL or MariaDB${facts.detail ? ` but ${facts.detail}` : ''}. Check the port.`,
  },
  'protocol.too_old': {
    stage: 'banner',
    field: '/config/host',
    sentence: () =>
      'The server speaks a protocol from before MySQL 5.7, which sends passwords unsafely. Upgrade the server.',
  },
  'protocol.silent': {
    stage: 'banner',
    field: '/config/port',
    sentence: (facts) =>
      `${at(facts)} accepted the connection but does not greet. Check that this is the port of MySQL’s classic protocol (3306, not 33060), and that a proxy in between reaches its server.`,
  },
  'protocol.closed': {
    stage: 'authenticate',
    field: '/config/port',
    sentence: (facts) =>
      `${at(facts)} closed the connection in the middle of the conversation. A proxy, a firewall or a time-out of the server may be the reason.`,
  },
  'protocol.flood': {
    stage: 'authenticate',
    field: '/config/host',
    sentence: (facts) => `${at(facts)} sent far more data than a MySQL server would; the connection was cut.`,
  },
  'protocol.asks_for_file': {
    stage: 'database',
    field: '/config/host',
    sentence: (facts) =>
      `${at(facts)} asked for a file of this machine in answer to a query, as servers that mean ill do. Nothing was sent, and the connection was cut. Find out what runs there.`,
  },
  'tls.timeout': {
    stage: 'tls',
    field: '/config/port',
    sentence: (facts) => `${at(facts)} agreed to encrypt but did not finish the handshake in time.`,
  },
  'tls.not_supported': {
    stage: 'tls',
    field: '/config/ssl_mode',
    sentence: () =>
      'The server does not offer encryption, or something in between took the offer away, and this SSL mode insists on it. Nothing secret was sent. Switch it on at the server, or choose a weaker mode knowingly.',
    fix: () =>
      setting('# my.cnf, below [mysqld]\nssl_ca = ca.pem\nssl_cert = server-cert.pem\nssl_key = server-key.pem'),
  },
  ...tlsCauses('mysql'),
  'tls.required_by_server': {
    stage: 'authenticate',
    field: '/config/ssl_mode',
    sentence: () => 'The server accepts this login only over an encrypted connection. Choose “require” or better.',
    fix: () => setting('ssl_mode = verify-full'),
  },
  'tls.client_certificate_rejected': {
    stage: 'authenticate',
    field: '/credential/client_certificate',
    sentence: () =>
      'The server does not accept the client certificate: it has expired, or was signed by an authority the server does not know.',
    fix: () => setting('# my.cnf, below [mysqld]\nssl_ca = ca.pem   # must hold the authority of client certificates'),
  },
  ...loginCauses,
  'auth.password_rejected': {
    stage: 'authenticate',
    field: '/credential/password',
    sentence: ({ username, client }) =>
      `The server rejected the password for “${username}”, or has no such account for logins from ${client ? `“${client}”` : 'this machine'}. Type both again, and check the account’s host part.`,
    fix: (facts) =>
      sql(
        `SELECT user, host FROM mysql.user WHERE user = ${quoteLiteral(facts.username)};\nALTER USER ${account(facts)} IDENTIFIED BY '<new password>';`,
      ),
  },
  'auth.host_not_allowed': {
    stage: 'authenticate',
    field: '/config/host',
    sentence: ({ client }) =>
      `The server takes no logins from this machine${client ? `, which it sees as “${client}”` : ''}. Create an account for that host, or add it to your provider’s list of allowed addresses.`,
    fix: (facts) =>
      sql(
        `CREATE USER ${account(facts)} IDENTIFIED BY '<password>';\nGRANT SELECT ON ${quoteName(facts.database)}.* TO ${account(facts)};`,
      ),
  },
  'auth.socket_only': {
    stage: 'authenticate',
    field: '/credential/username',
    sentence: ({ username }) =>
      `“${username}” may log in only on the server itself, without a password. Create an account with a password for Jackfield.`,
    fix: (facts) =>
      sql(
        `CREATE USER 'jackfield'@${quoteLiteral(facts.client ?? '%')} IDENTIFIED BY '<password>';\nGRANT SELECT ON ${quoteName(facts.database)}.* TO 'jackfield'@${quoteLiteral(facts.client ?? '%')};`,
      ),
  },
  'auth.password_expired': {
    stage: 'authenticate',
    field: '/credential/password',
    sentence: ({ username }) => `The password of “${username}” has expired. Set a new one at the server and enter it.`,
    fix: (facts) => sql(`ALTER USER ${account(facts)} IDENTIFIED BY '<new password>' PASSWORD EXPIRE NEVER;`),
  },
  'auth.account_locked': {
    stage: 'authenticate',
    field: '/credential/username',
    sentence: ({ username }) => `The account “${username}” is locked at the server.`,
    fix: (facts) => sql(`ALTER USER ${account(facts)} ACCOUNT UNLOCK;`),
  },
  'auth.weak_method_refused': {
    stage: 'authenticate',
    field: '/config/ssl_mode',
    sentence: ({ detail }) =>
      `The server asks for the password itself${detail ? ` (${detail})` : ''}, and nothing proves that it is the right server. Choose verify-full, with the provider’s CA certificate if it has its own. The password was not sent.`,
    fix: () => setting('ssl_mode = verify-full'),
  },
  'auth.unsupported_method': {
    stage: 'authenticate',
    field: '/credential/username',
    sentence: ({ detail }) =>
      `The server asks for a way to log in that this connector does not speak${detail ? ` (${detail})` : ''}. Give the account a password with caching_sha2_password (MySQL) or mysql_native_password (MariaDB).`,
    fix: (facts) => sql(`ALTER USER ${account(facts)} IDENTIFIED BY '<password>';`),
  },
  'auth.user_limit': {
    stage: 'authenticate',
    field: null,
    sentence: ({ username }) =>
      `“${username}” has reached its limit of connections or queries at the server. Wait, or raise the limit.`,
    fix: (facts) => sql(`ALTER USER ${account(facts)} WITH MAX_USER_CONNECTIONS 20;`),
  },
  'auth.timeout': {
    stage: 'authenticate',
    field: '/config/port',
    sentence: (facts) =>
      `${at(facts)} greeted but did not finish the login in time. Check that the server, and a proxy in between, are not overloaded.`,
  },
  'database.not_found': {
    stage: 'database',
    field: '/config/database',
    sentence: ({ database }) =>
      `The login works, but there is no database “${database}”. Upper and lower case matter on most servers.`,
    fix: ({ database }) => sql(`CREATE DATABASE ${quoteName(database)};`),
  },
  'database.no_access': {
    stage: 'database',
    field: '/config/database',
    sentence: ({ username, database }) =>
      `The login works, but “${username}” may not use the database “${database}”, or there is none of that name.`,
    fix: (facts) => sql(`GRANT SELECT ON ${quoteName(facts.database)}.* TO ${account(facts)};`),
  },
  'server.host_blocked': {
    stage: 'banner',
    field: null,
    sentence: ({ client }) =>
      `The server has blocked ${client ? `“${client}”` : 'this machine'} after many interrupted connections. Unblock it there.`,
    fix: () => sql('FLUSH HOSTS;   -- or: TRUNCATE TABLE performance_schema.host_cache;'),
  },
  'server.too_many_connections': {
    stage: 'banner',
    field: null,
    sentence: () => 'The server has no connection left. Raise the limit, use a pooler, or close idle connections.',
    fix: () => sql("SHOW STATUS LIKE 'Threads_connected';\nSET GLOBAL max_connections = 300;"),
  },
  'server.starting': {
    stage: 'authenticate',
    field: null,
    sentence: () => 'The server is starting up or shutting down. Try again in a moment.',
  },
  'server.proxy': {
    stage: 'authenticate',
    field: '/config/host',
    sentence: ({ detail }) =>
      `A proxy answered${detail ? ` (${detail})` : ''} but could not reach a server behind it. Check its list of servers, and that the login is known to the proxy too.`,
  },
  'server.refused': {
    stage: 'authenticate',
    field: null,
    sentence: ({ number }) => `The server refused the login${number ? ` with error ${number}` : ''}. Its log says why.`,
    fix: ({ number }) => (number ? shell(`perror ${number}`) : null),
  },
  'query.timeout': {
    stage: 'database',
    field: null,
    sentence: () => 'The login worked, but the server did not answer a query in time.',
  },
  'query.failed': {
    stage: 'database',
    field: null,
    sentence: ({ number }) =>
      `The login worked, but the server failed a query of its catalog${number ? ` with error ${number}` : ''}.`,
  },
} as const satisfies Record<string, CauseRow<FailureContext>>

export type CauseCode = keyof typeof table

/** Every way a MySQL connection fails that we can tell apart: where, which field, what to say, what to copy. */
export const causes: CauseTable<FailureContext, CauseCode> = table
