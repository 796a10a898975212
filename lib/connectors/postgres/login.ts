import type { Duplex } from 'node:stream'
import { Client, DatabaseError } from 'pg'
import type { SecureLink } from '../_tls/tls.ts'
import type { CauseCode } from './causes.ts'
import { Failure, failureOf } from './failure.ts'
import { guardConversation } from './watch.ts'

export interface LoginSettings {
  host: string
  port: number
  database: string
  username: string
  /** Undefined where there is none; then nothing is sent, whatever the server asks for (CONN-1). */
  password: string | undefined
}

export interface Login {
  client: Client
  stream: Duplex
}

/** Logs in over a stream that is already connected. Every value is passed explicitly: pg falls back to nothing of ours. */
export const login = async (link: SecureLink, settings: LoginSettings): Promise<Login> => {
  const stream = asReadyStream(link.stream)
  const client = new (clientClass(link, stream, settings))({
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.username,
    // As a function: pg takes an empty or missing password for an invitation to look at PGPASSWORD and ~/.pgpass.
    password: () => {
      if (settings.password === undefined || settings.password === '') throw new Failure('auth.no_password')
      return settings.password
    },
    stream: () => stream,
    ssl: false,
    application_name: 'jackfield',
    client_encoding: 'UTF8',
    keepAlive: false,
  })
  client.on('error', () => {})
  try {
    const connecting = client.connect()
    guardConversation(stream)
    stream.resume()
    await connecting
    return { client, stream }
  } catch (error) {
    stream.destroy()
    throw loginFailure(error, link)
  }
}

/**
 * pg's client, with two things taken out of its hands: what the first message says (it would add PGOPTIONS and the like
 * from the environment, CONN-1), and answering for a password in clear text or as MD5 to a server that has not proven who
 * it is (CONN-3). SCRAM shows the password to nobody.
 */
const clientClass = (link: SecureLink, stream: Duplex, { username, database }: LoginSettings) => {
  class ExplicitClient extends Client {
    getStartupConf(): Record<string, string> {
      return { user: username, database, application_name: 'jackfield' }
    }
  }
  const refuse = (detail: string) => stream.destroy(new Failure('auth.weak_method_refused', { detail }))
  return link.proven
    ? ExplicitClient
    : class extends ExplicitClient {
        _handleAuthCleartextPassword(): void {
          refuse('in clear text')
        }
        _handleAuthMD5Password(): void {
          refuse('as an MD5 digest')
        }
      }
}

// pg opens its socket itself; ours is open already, so "connecting" only has to say so.
const asReadyStream = (stream: Duplex): Duplex =>
  Object.assign(stream, {
    connect: () => {
      process.nextTick(() => stream.emit('connect'))
      return stream
    },
    ...(!('setNoDelay' in stream) && { setNoDelay: () => stream }),
  })

/** What the server's refusal means. Its text is read to tell cases apart, never shown. */
export const loginFailure = (error: unknown, link: Pick<SecureLink, 'encrypted'>): Failure => {
  if (!(error instanceof DatabaseError)) {
    const message = error instanceof Error ? error.message : ''
    if (/^SASL: Only mechanism/.test(message)) return new Failure('auth.unsupported_method')
    if (message.startsWith('SASL')) return new Failure('auth.server_not_proven')
    return failureOf(error, 'authenticate')
  }
  const sqlstate = error.code ?? ''
  const wantsTls = !link.encrypted && /\bssl\b|encrypt|insecure/i.test(error.message) && !/pg_hba/.test(error.message)
  if (wantsTls) return new Failure('tls.required_by_server')
  if (sqlstate === '28000')
    return new Failure(refusals.find(([pattern]) => pattern.test(error.message))?.[1] ?? byRoutine(error))
  const known = sqlstates[sqlstate]
  return known ? new Failure(known) : new Failure('server.refused', /^[0-9A-Z]{5}$/.test(sqlstate) ? { sqlstate } : {})
}

const sqlstates: Record<string, CauseCode | undefined> = {
  '28P01': 'auth.password_rejected',
  '3D000': 'database.not_found',
  '42501': 'database.no_connect',
  '55000': 'database.not_accepting',
  '53300': 'server.too_many_connections',
  '57P01': 'server.starting',
  '57P02': 'server.starting',
  '57P03': 'server.starting',
}

// One SQLSTATE stands for all of these.
const refusals: [RegExp, CauseCode][] = [
  [/not permitted to log in/, 'auth.role_cannot_login'],
  [/^role .* does not exist$/s, 'auth.role_not_found'],
  [/client certificate/, 'auth.client_certificate_required'],
  [/^certificate authentication failed/, 'auth.client_certificate_name'],
  [/pg_hba/, 'auth.no_pg_hba_entry'],
]

// Servers that speak another language still name the function that refused.
const byRoutine = (error: DatabaseError): CauseCode =>
  error.routine === 'ClientAuthentication' ? 'auth.no_pg_hba_entry' : 'server.refused'
