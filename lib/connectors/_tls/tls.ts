import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import { domainToASCII } from 'node:url'
import type { CredentialOf } from '#lib/credentials/kinds'
import { Failure } from '../_test/failure.ts'
import type { TlsCode } from './causes.ts'
import { effectiveMode, type SslMode } from './ssl.ts'

export interface TlsSettings {
  host: string
  mode: SslMode
  rootCert: string | undefined
  /** Proves us to a server that asks for a certificate; only its public half and a signature ever leave. */
  identity?: ClientIdentity | undefined
}

export interface ClientIdentity {
  certificate: string
  key: string
  passphrase: string | undefined
}

/** The client certificate of a login. One without its key, or the other way round, would fail at the server with a riddle. */
export const identityOf = ({
  client_certificate: certificate,
  client_key: key,
  client_key_passphrase: passphrase,
}: CredentialOf<'database.password'>): ClientIdentity | undefined => {
  if (certificate !== undefined && key !== undefined) return { certificate, key, passphrase }
  if (certificate === undefined && key === undefined) return undefined
  throw failure('tls.client_half')
}

/** What stands between us and the server after negotiation. */
export interface SecureLink {
  stream: Duplex
  encrypted: boolean
  /** The server has proven to be the one that was named, so a password may be shown to it (CONN-3). */
  proven: boolean
  sentence: string
  status: 'passed' | 'warning' | 'skipped'
  evidence: Record<string, string | number | boolean | null | string[]>
}

/** The handshake, and then our own judgement of the certificate by exactly libpq's rules. */
export const secure = async (socket: Duplex, settings: TlsSettings): Promise<SecureLink> => {
  const { host, rootCert } = settings
  const name = isIP(host) === 0 ? domainToASCII(host.replace(/\.$/, '')) || host : host
  const stream = await handshake(socket, name, contextOf(settings))
  const certificate = stream.getPeerCertificate()
  const mode = effectiveMode(settings.mode, rootCert)
  // Like libpq, a given authority is checked in every mode that ends up encrypted.
  const checksChain = mode === 'verify-ca' || mode === 'verify-full' || rootCert !== undefined
  const chainProblem = stream.authorized ? undefined : String(stream.authorizationError)
  const nameProblem = checkServerIdentity(name, certificate)
  const problem =
    (checksChain && chainProblem !== undefined && chainFailure(chainProblem, certificate)) ||
    (mode === 'verify-full' && nameProblem !== undefined && failure('tls.name_mismatch', namesFact(certificate)))
  if (problem) {
    stream.destroy()
    throw problem
  }
  const days = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / 86_400_000)
  const version = (stream.getProtocol() ?? 'TLS').replace('TLSv', 'TLS ')
  const proven = mode === 'verify-full' || (checksChain && rootCert !== undefined)
  const trust =
    mode === 'verify-full'
      ? 'name and authority checked'
      : checksChain
        ? 'authority checked, name not'
        : 'the server’s identity is not checked'
  return {
    stream,
    encrypted: true,
    proven,
    status: checksChain && days >= expirySoonDays ? 'passed' : 'warning',
    sentence: `${version}, ${trust}${Number.isNaN(days) ? '' : `, certificate valid for ${days} ${days === 1 ? 'day' : 'days'}`}.`,
    evidence: {
      protocol: stream.getProtocol(),
      cipher: stream.getCipher().name,
      ...certificateEvidence(certificate),
      chain_problem: chainProblem ?? null,
      name_matches: nameProblem === undefined,
    },
  }
}

export const plainLink = (stream: Duplex, sentence: string, status: 'warning' | 'skipped'): SecureLink => ({
  stream,
  encrypted: false,
  proven: false,
  status,
  sentence,
  evidence: { encrypted: false },
})

type TlsFailure = Failure<TlsCode, { detail: string }>
const failure = (code: TlsCode, facts: { detail?: string } = {}, options?: ErrorOptions): TlsFailure =>
  new Failure(code, facts, options)

const expirySoonDays = 14

const handshake = (socket: Duplex, name: string, secureContext: SecureContext): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const stream = connect({
      socket,
      secureContext,
      // Nothing is sent before `secure` has judged the certificate; refusing here would lose the evidence.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      minVersion: 'TLSv1.2',
      ...(isIP(name) === 0 && { servername: name }),
    })
    // Stays for good: an error after the promise has settled must not become an uncaught one.
    stream.on('error', reject)
    stream.once('secureConnect', () => resolve(stream))
    // A socket taken away by its deadline does not always tell the layer above why.
    socket.once('error', (error) => stream.destroy(error))
    socket.once('close', () => stream.destroy(failure('tls.handshake')))
  })

const contextOf = ({ rootCert, identity }: TlsSettings): SecureContext => {
  const trust = { minVersion: 'TLSv1.2', ...(rootCert !== undefined && { ca: rootCert }) } as const
  try {
    createSecureContext(trust)
  } catch (error) {
    throw failure('tls.bad_root_cert', {}, { cause: error })
  }
  if (!identity) return createSecureContext(trust)
  const { certificate, key, passphrase } = identity
  try {
    // Left out, OpenSSL would ask the terminal for it.
    return createSecureContext({ ...trust, cert: certificate, key, passphrase: passphrase ?? '' })
  } catch (error) {
    throw failure('tls.client_key', {}, { cause: error })
  }
}

const chainFailure = (problem: string, certificate: PeerCertificate): TlsFailure => {
  if (problem === 'CERT_HAS_EXPIRED')
    return failure('tls.expired', { detail: `valid until ${dateOf(certificate.valid_to)}` })
  if (problem === 'CERT_NOT_YET_VALID') {
    return failure('tls.expired', { detail: `valid from ${dateOf(certificate.valid_from)}` })
  }
  if (problem === 'DEPTH_ZERO_SELF_SIGNED_CERT') return failure('tls.self_signed')
  return failure('tls.untrusted')
}

const certificateEvidence = (certificate: PeerCertificate) => ({
  subject: nameOf(certificate.subject),
  issuer: nameOf(certificate.issuer),
  names: namesOf(certificate),
  valid_from: dateOf(certificate.valid_from),
  valid_to: dateOf(certificate.valid_to),
  fingerprint: certificate.fingerprint256 ?? null,
})

const namesFact = (certificate: PeerCertificate): { detail?: string } => {
  const names = namesOf(certificate).slice(0, 3).join(', ')
  return names ? { detail: names } : {}
}

const namesOf = (certificate: PeerCertificate): string[] => {
  const listed = (certificate.subjectaltname ?? '')
    .split(', ')
    .map((entry) => entry.replace(/^(?:DNS|IP Address):/, ''))
    .filter((entry) => /^[\w.*:-]{1,253}$/.test(entry))
  const common = nameOf(certificate.subject)
  return listed.length > 0 ? listed.slice(0, 20) : common ? [common] : []
}

const nameOf = (subject: PeerCertificate['subject'] | undefined): string | null => {
  const name = [subject?.CN ?? subject?.O].flat()[0]
  return name === undefined ? null : name.replace(/\p{C}/gu, '').slice(0, 253)
}

const dateOf = (text: string): string => {
  const time = Date.parse(text)
  return Number.isNaN(time) ? '' : new Date(time).toISOString().slice(0, 10)
}
