import type { Duplex } from 'node:stream'
import { within } from '#lib/core/within'
import { Failure as AnyFailure } from '../_test/failure.ts'
import { reach } from '../_test/reach.ts'
import { since } from '../_test/stages.ts'
import type { SslMode } from '../_tls/ssl.ts'
import { type ClientIdentity, plainLink, type SecureLink, secure } from '../_tls/tls.ts'
import type { Limits, Net, TestStage } from '../contract.ts'
import { Failure, failureOf, lateness, stage } from './failure.ts'
import { type Login, type LoginSettings, login } from './login.ts'
import { requestTls } from './ssl-request.ts'

export interface SessionSettings extends LoginSettings {
  mode: SslMode
  rootCert: string | undefined
  identity: ClientIdentity | undefined
}

export interface Session extends Login {
  /** Time until the login was accepted, from the first packet on. */
  latency_ms: number
}

/** dns, tcp, tls, authenticate: yields each stage and returns the open session, or throws the `Failure` it ended with. */
export async function* openSession(
  settings: SessionSettings,
  net: Net,
  limits: Limits,
): AsyncGenerator<TestStage, Session> {
  const began = performance.now()
  const { socket, again } = yield* reach(stage, net, settings)
  const link = yield* stage('tls', async () => {
    const negotiated = await negotiate(socket, settings, limits, again)
    return {
      value: negotiated,
      status: negotiated.status,
      sentence: negotiated.sentence,
      evidence: negotiated.evidence,
    }
  })
  return yield* stage('authenticate', async () => {
    const { login: done, used } = await authenticate(link, settings, limits, again)
    const latency_ms = since(began)
    const weak =
      used === link
        ? ''
        : ` ${used.encrypted ? 'The server insisted on encryption.' : 'Encrypted, the server refused; this login is not encrypted.'}`
    return {
      value: { ...done, latency_ms },
      ...(weak !== '' && { status: 'warning' as const }),
      sentence: `Logged in as ${settings.username}.${weak}`,
      evidence: { username: settings.username, encrypted: used.encrypted, server_proven: used.proven },
    }
  })
}

/** The first link of libpq's order: plain for disable and allow, TLS for the rest, where only prefer may fall back. */
const negotiate = async (
  socket: Duplex,
  settings: SessionSettings,
  limits: Limits,
  again: () => Promise<Duplex>,
): Promise<SecureLink> => {
  const { mode } = settings
  if (mode === 'disable') return plainLink(socket, 'Encryption is off, as “disable” says.', 'skipped')
  if (mode === 'allow') return plainLink(socket, 'Tried without encryption first, as “allow” says.', 'warning')
  try {
    const link = await negotiateTls(socket, settings, limits)
    if (link) return link
  } catch (error) {
    const failure = failureOf(error, 'tls')
    if (mode !== 'prefer' || !isTlsFailure(failure)) throw failure
    return plainLink(await again(), 'The encrypted connection failed; carried on without, as “prefer” says.', 'warning')
  }
  if (mode === 'prefer') {
    return plainLink(socket, 'The server does not offer encryption; carried on without, as “prefer” says.', 'warning')
  }
  socket.destroy()
  throw new Failure('tls.not_supported')
}

const negotiateTls = async (
  socket: Duplex,
  settings: SessionSettings,
  limits: Limits,
): Promise<SecureLink | undefined> => {
  const work = async () => ((await requestTls(socket)) ? secure(socket, settings) : undefined)
  return within(work(), lateness('tls', limits.tls_ms, socket))
}

// What prefer forgives is TLS that does not come about, not a server that is no PostgreSQL.
const isTlsFailure = (failure: AnyFailure): boolean => failure.code.startsWith('tls.') && failure.code !== 'tls.timeout'

interface Authenticated {
  login: Login
  used: SecureLink
}

/** Logs in, and where libpq would try once more the other way (allow: with TLS, prefer: without), does so. */
const authenticate = async (
  link: SecureLink,
  settings: SessionSettings,
  limits: Limits,
  again: () => Promise<Duplex>,
): Promise<Authenticated> => {
  const attempt = async (used: SecureLink): Promise<Authenticated> => {
    const work = login(used, settings)
    return { login: await within(work, lateness('authenticate', limits.auth_ms, used.stream)), used }
  }
  try {
    return await attempt(link)
  } catch (error) {
    const first = failureOf(error, 'authenticate')
    if (settings.mode === 'disable' && first.code === 'auth.no_pg_hba_entry') {
      throw (await wantsTls(settings, limits, again)) ? new Failure('tls.required_by_server') : first
    }
    if (!isServerRefusal(first)) throw first
    if (settings.mode === 'allow') {
      const upgraded = await negotiateTls(await again(), settings, limits).catch((reason: unknown) =>
        failureOf(reason, 'tls'),
      )
      if (!upgraded) throw first
      if (upgraded instanceof AnyFailure) throw first.code === 'auth.no_pg_hba_entry' ? upgraded : first
      return attempt(upgraded).catch((second: unknown) => Promise.reject(telling(first, second)))
    }
    if (settings.mode === 'prefer' && link.encrypted) {
      const plain = plainLink(await again(), '', 'warning')
      return attempt(plain).catch((second: unknown) => Promise.reject(telling(first, second)))
    }
    throw first
  }
}

// Only an answer of the server is worth a second try; silence, floods and refusals of ours are not.
const isServerRefusal = ({ code }: AnyFailure): boolean =>
  ![
    'auth.timeout',
    'auth.no_password',
    'auth.weak_method_refused',
    'auth.server_not_proven',
    'auth.unsupported_method',
  ].includes(code) &&
  !code.startsWith('protocol.') &&
  !code.startsWith('tcp.')

// Of two refusals the one that got further says more.
const telling = (first: AnyFailure, second: unknown): AnyFailure =>
  first.code === 'auth.no_pg_hba_entry' || first.code === 'tls.required_by_server'
    ? failureOf(second, 'authenticate')
    : first

/** Whether the server would let this login in if it came encrypted: asked without showing anything secret. */
const wantsTls = async (settings: SessionSettings, limits: Limits, again: () => Promise<Duplex>): Promise<boolean> => {
  try {
    const link = await negotiateTls(await again(), { ...settings, mode: 'require', rootCert: undefined }, limits)
    if (!link) return false
    const probe = login(link, { ...settings, password: undefined })
    await within(probe, lateness('authenticate', limits.auth_ms, link.stream))
    link.stream.destroy()
    return true
  } catch (error) {
    return error instanceof AnyFailure && ['auth.no_password', 'auth.weak_method_refused'].includes(error.code)
  }
}
