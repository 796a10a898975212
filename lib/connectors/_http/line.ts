import type { Duplex } from 'node:stream'
import { rootCertificates } from 'node:tls'
import { within } from '#lib/core/within'
import type { SslMode } from '../_tls/ssl.ts'
import { plainLink, type SecureLink, secure } from '../_tls/tls.ts'
import type { Limits, Net } from '../contract.ts'
import type { Place } from './address.ts'
import { Failure, failureOf } from './failure.ts'

/** One origin and how it proves itself. */
export interface Trust extends Place {
  mode: SslMode
  rootCert: string | undefined
}

/** The socket as an HTTP request may use it: encrypted and its certificate judged, where the address says https. */
export const secureLine = async (socket: Duplex, trust: Trust, { tls_ms: ms }: Limits): Promise<SecureLink> => {
  if (trust.scheme === 'http')
    return plainLink(
      socket,
      'Not encrypted: anyone on the way can read the request, its secret and the answer.',
      'warning',
    )
  const late = new Failure('tls.timeout')
  return within(secure(socket, trust), { ms, late, end: (error) => socket.destroy(error) })
}

/** Opens sockets to one origin, whose name is looked up and checked once. */
export const lineTo = (trust: Trust, net: Net, limits: Limits): (() => Promise<Duplex>) => {
  let addresses: ReturnType<Net['resolve']> | undefined
  return async () => {
    addresses ??= net.resolve(trust.host)
    const found = await addresses.catch((error: unknown) => Promise.reject(failureOf(error, 'dns')))
    const socket = await net
      .connect(found, trust.port)
      .catch((error: unknown) => Promise.reject(failureOf(error, 'tcp')))
    const link = await secureLine(socket, trust, limits).catch((error: unknown) =>
      Promise.reject(failureOf(error, 'tls')),
    )
    return link.stream
  }
}

/** The public authorities and one of its own beside them. */
export const withPublicRoots = (certificate: string | undefined): string | undefined =>
  certificate === undefined ? undefined : [...rootCertificates, certificate].join('\n')
