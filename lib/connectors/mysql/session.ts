import type { Duplex } from 'node:stream'
import { within } from '#lib/core/within'
import { Failure as AnyFailure } from '../_test/failure.ts'
import { reach } from '../_test/reach.ts'
import { since } from '../_test/stages.ts'
import type { SslMode } from '../_tls/ssl.ts'
import { type ClientIdentity, plainLink, type SecureLink, secure } from '../_tls/tls.ts'
import type { Limits, Net, TestStage } from '../contract.ts'
import { Failure, failureOf, lateness, stage } from './failure.ts'
import { flavourOf, readableVersion } from './flavour.ts'
import { capability, type Greeting, readGreeting, requestTls } from './greeting.ts'
import { type Login, type LoginSettings, login } from './login.ts'

export interface SessionSettings extends LoginSettings {
  mode: SslMode
  rootCert: string | undefined
  identity: ClientIdentity | undefined
}

export interface Session extends Login {
  greeting: Greeting
  /** Time until the login was accepted, from the first packet on. */
  latency_ms: number
}

/** A line to the server, as far as it has greeted. */
interface Line {
  socket: Duplex
  greeting: Greeting
}

/** dns, tcp, banner, tls, authenticate: yields each stage and returns the open session, or throws the `Failure` it ended with. */
export async function* openSession(
  settings: SessionSettings,
  net: Net,
  limits: Limits,
): AsyncGenerator<TestStage, Session> {
  const began = performance.now()
  const reached = yield* reach(stage, net, settings)
  const greet = async (socket: Duplex): Promise<Line> => ({
    socket,
    greeting: await within(readGreeting(socket), lateness('banner', limits.tls_ms, socket)),
  })
  const again = async () => greet(await reached.again())
  const line = yield* stage('banner', async () => {
    const value = await greet(reached.socket)
    const { version, plugin, capabilities } = value.greeting
    return {
      value,
      sentence: `${flavourOf(version)} ${readableVersion(version)} answers.`,
      evidence: { version, login_method: plugin, offers_tls: (capabilities & capability.ssl) !== 0 },
    }
  })
  const chosen = yield* stage('tls', async () => {
    const value = await negotiate(line, settings, limits, again)
    return { value, status: value.link.status, sentence: value.link.sentence, evidence: value.link.evidence }
  })
  return yield* stage('authenticate', async () => {
    const { login: done, used } = await authenticate(chosen, settings, limits, again)
    const isUpgraded = used !== chosen
    return {
      value: { ...done, greeting: used.greeting, latency_ms: since(began) },
      ...(isUpgraded && { status: 'warning' as const }),
      sentence: `Logged in as ${settings.username}.${isUpgraded ? ' The server insisted on encryption.' : ''}`,
      evidence: { username: settings.username, encrypted: used.link.encrypted, server_proven: used.link.proven },
    }
  })
}

interface Secured {
  link: SecureLink
  greeting: Greeting
}

/** Encrypts as the mode says. The server's offer comes unprotected, so from `require` on its absence is a failure. */
const negotiate = async (
  line: Line,
  settings: SessionSettings,
  limits: Limits,
  again: () => Promise<Line>,
): Promise<Secured> => {
  const { mode } = settings
  const plain = ({ socket, greeting }: Line, sentence: string, status: 'warning' | 'skipped'): Secured => ({
    link: plainLink(socket, sentence, status),
    greeting,
  })
  if (mode === 'disable') return plain(line, 'Encryption is off, as “disable” says.', 'skipped')
  if (mode === 'allow') return plain(line, 'Tried without encryption first, as “allow” says.', 'warning')
  if (!offersTls(line)) {
    if (mode === 'prefer')
      return plain(line, 'The server does not offer encryption; carried on without, as “prefer” says.', 'warning')
    line.socket.destroy()
    throw new Failure('tls.not_supported')
  }
  try {
    return await encrypt(line, settings, limits)
  } catch (error) {
    const failure = failureOf(error, 'tls')
    if (mode !== 'prefer' || failure.code === 'tls.timeout') throw failure
    return plain(await again(), 'The encrypted connection failed; carried on without, as “prefer” says.', 'warning')
  }
}

const offersTls = ({ greeting }: Line): boolean => (greeting.capabilities & capability.ssl) !== 0

const encrypt = async ({ socket, greeting }: Line, settings: SessionSettings, limits: Limits): Promise<Secured> => {
  requestTls(socket)
  const link = await within(secure(socket, settings), lateness('tls', limits.tls_ms, socket))
  return { link, greeting }
}

/** Logs in; where “allow” would try once more with encryption, does so; where “disable” was refused, finds out whether that is why. */
const authenticate = async (
  chosen: Secured,
  settings: SessionSettings,
  limits: Limits,
  again: () => Promise<Line>,
): Promise<{ login: Login; used: Secured }> => {
  const attempt = async (used: Secured) => {
    const work = login(used.link, used.greeting, settings)
    return { login: await within(work, lateness('authenticate', limits.auth_ms, used.link.stream)), used }
  }
  try {
    return await attempt(chosen)
  } catch (error) {
    const first = failureOf(error, 'authenticate')
    if (chosen.link.encrypted || !mayWantTls.includes(first.code)) throw first
    if (settings.mode === 'disable' && first.code === 'tls.required_by_server') throw first
    const encrypted = await encryptAgain(settings, limits, again)
    if (!encrypted) throw first
    const second = await attempt(encrypted).catch((reason: unknown) => failureOf(reason, 'authenticate'))
    if (second instanceof AnyFailure) throw settings.mode === 'disable' ? first : second
    if (settings.mode === 'allow') return second
    second.login.end()
    throw new Failure('tls.required_by_server')
  }
}

// An account made with REQUIRE SSL answers an unencrypted login as it answers a wrong password.
const mayWantTls: readonly string[] = ['auth.password_rejected', 'tls.required_by_server', 'auth.weak_method_refused']

const encryptAgain = async (
  settings: SessionSettings,
  limits: Limits,
  again: () => Promise<Line>,
): Promise<Secured | undefined> => {
  try {
    const line = await again()
    if (offersTls(line)) return await encrypt(line, { ...settings, mode: 'require' }, limits)
    line.socket.destroy()
  } catch {}
  return undefined
}
