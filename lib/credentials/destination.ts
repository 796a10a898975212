import * as z from 'zod'
import type { Destination } from '#lib/connectors/contract'

/** TLS levels from weakest to strongest, in libpq's words, which every connector uses. */
export const tlsLevels = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

/** As it is stored with a credential. */
export const destinationShape = z.object({
  scheme: z.string(),
  host: z.string(),
  port: z.number(),
  tls: z.string(),
  trust: z.string().optional(),
})

/** Whether a secret sealed to `sealed` may go to `wanted`: the same place at the same level of TLS, or a stronger one (AUTHZ-3). */
export const isSameDestination = (sealed: Destination, wanted: Destination): boolean =>
  sealed.scheme === wanted.scheme &&
  sealed.host === wanted.host &&
  sealed.port === wanted.port &&
  isAtLeast(wanted.tls, sealed.tls) &&
  (!isVerified(sealed.tls) || sealed.trust === wanted.trust)

// Whoever may choose the authority may choose the server: where a certificate was checked, another authority is a change.
const isVerified = (tls: string): boolean => tls.startsWith('verify-')

/** Fields of the public part that say where the secret goes; an address stands for its scheme, host and port. */
const hintFields = ['host', 'port', 'base_url', 'token_url', 'authority_host'] as const

/** Whether the public part of a credential says for which host it was entered. */
export const hasHostHint = (config: unknown): boolean => {
  const { host, base_url, token_url } = hintsOf(config)
  return [host, base_url, token_url].some((hint) => typeof hint === 'string')
}

/**
 * Whether two public parts say the same about where the secret goes. A hint that is added to one that was never attached
 * only narrows it.
 */
export const sameHints = (before: unknown, after: unknown, { isSealed }: { isSealed: boolean }): boolean => {
  const [old, next] = [hintsOf(before), hintsOf(after)]
  return hintFields.every((name) => old[name] === next[name] || (old[name] === undefined && !isSealed))
}

/** Whether a credential that was never attached was entered for `wanted`, as far as its public part says. */
export const fitsHints = (config: unknown, wanted: Destination): boolean => {
  const { host, port, base_url, token_url } = hintsOf(config)
  const sameHost = typeof host !== 'string' || host.toLowerCase().replace(/\.$/, '') === wanted.host
  const samePort = port === undefined || port === wanted.port
  return sameHost && samePort && [base_url, token_url].every((url) => typeof url !== 'string' || isAt(url, wanted))
}

/** Whether an address is at a destination: scheme, host and port, whatever its path. */
const isAt = (address: string, { scheme, host, port }: Destination): boolean => {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  const name = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const ports = { 'https:': 443, 'http:': 80 } as Record<string, number>
  return url.protocol === `${scheme}:` && name === host && (Number(url.port) || ports[url.protocol]) === port
}

const hintsOf = (config: unknown): Partial<Record<(typeof hintFields)[number], unknown>> =>
  typeof config === 'object' && config !== null ? config : {}

/** `postgresql://db.example.com:5432 (verify-full)` */
export const describeDestination = ({ scheme, host, port, tls }: Destination): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port} (${tls})`

const isAtLeast = (tls: string, wanted: string): boolean => {
  const levels: readonly string[] = tlsLevels
  const [given, floor] = [levels.indexOf(tls), levels.indexOf(wanted)]
  return given === -1 || floor === -1 ? tls === wanted : given >= floor
}
