import type { Duplex } from 'node:stream'
import { type Connection, createConnection } from 'mysql2'
import type { SecureLink } from '../_tls/tls.ts'
import { Failure, failureOf } from './failure.ts'
import { type Greeting, plainGreeting } from './greeting.ts'
import { type Guard, guardConversation } from './watch.ts'

export interface LoginSettings {
  host: string
  port: number
  database: string
  username: string
  /** Undefined where there is none: accounts without a password exist. */
  password: string | undefined
}

export interface Login {
  stream: Duplex
  /** Asks one statement over mysql2; throws what it throws. */
  query(sql: string): Promise<Record<string, unknown>[]>
  end(): void
}

/**
 * Logs in over a stream that is already connected, and encrypted where it should be. Every value is passed explicitly, and
 * of mysql2's many options only those that take something away from the server.
 */
export const login = async (link: SecureLink, greeting: Greeting, settings: LoginSettings): Promise<Login> => {
  const { stream } = link
  stream.pause()
  const connection = createConnection({
    stream,
    user: settings.username,
    ...(settings.password !== undefined && { password: settings.password }),
    database: settings.database,
    charset: 'UTF8MB4_GENERAL_CI',
    connectAttributes: { program_name: 'jackfield' },
    connectTimeout: 0,
    flags,
    multipleStatements: false,
    disableEval: true,
    rowsAsArray: false,
    // How mysql2 is told that what it sends cannot be overheard: nothing is opened there, the stream is given.
    ...(link.proven && { socketPath: 'proven', enableCleartextPlugin: true }),
  })
  connection.on('error', () => {})
  // The request for encryption was a packet too; mysql2 counts from here.
  const sequence = link.encrypted ? 1 : 0
  Object.assign(connection, { sequenceId: sequence })
  let guard: Guard | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('connect', () => resolve())
      connection.once('error', reject)
      stream.once('close', () => reject(new Failure('protocol.closed')))
      stream.emit('data', plainGreeting(greeting, sequence))
      guard = guardConversation(stream, link.proven)
      stream.resume()
    })
  } catch (error) {
    stream.destroy()
    throw asLoginFailure(error, settings)
  }
  return {
    stream,
    query(sql) {
      guard?.asked()
      return query(connection, sql)
    },
    end: () => connection.destroy(),
  }
}

const query = (connection: Connection, sql: string): Promise<Record<string, unknown>[]> =>
  new Promise((resolve, reject) => {
    connection.query(sql, (error, rows) => {
      if (error) return reject(error)
      // Rows of a SELECT; what else mysql2 returns has no names we ask for.
      resolve(Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [])
    })
  })

// Said as what is left out, too: mysql2 would add these on its own.
const flags = [
  '-LOCAL_FILES',
  '-FOUND_ROWS',
  '-ODBC',
  '-IGNORE_SPACE',
  '-IGNORE_SIGPIPE',
  '-RESERVED',
  '-MULTI_RESULTS',
  '-MULTI_STATEMENTS',
  '-SESSION_TRACK',
  '-CLIENT_QUERY_ATTRIBUTES',
  '-COMPRESS',
]

const asLoginFailure = (error: unknown, { password }: LoginSettings) => {
  const failure = failureOf(error, 'authenticate')
  const isEmpty = password === undefined || password === ''
  return failure.code === 'auth.password_rejected' && isEmpty ? new Failure('auth.no_password', failure.facts) : failure
}
