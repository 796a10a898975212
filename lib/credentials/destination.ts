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

/** Whether the public part of a credential says for which host it was entered. */
export const hasHostHint = (config: unknown): boolean => typeof (config as Record<string, unknown>).host === 'string'

/** Whether a credential that was never attached was entered for `wanted`, as far as its public part says. */
export const fitsHints = (config: unknown, { host, port }: Destination): boolean => {
  const hints = config as Record<string, unknown>
  const sameHost = typeof hints.host !== 'string' || hints.host.toLowerCase().replace(/\.$/, '') === host
  return sameHost && (hints.port === undefined || hints.port === port)
}

/** `postgresql://db.example.com:5432 (verify-full)` */
export const describeDestination = ({ scheme, host, port, tls }: Destination): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port} (${tls})`

const isAtLeast = (tls: string, wanted: string): boolean => {
  const levels: readonly string[] = tlsLevels
  const [given, floor] = [levels.indexOf(tls), levels.indexOf(wanted)]
  return given === -1 || floor === -1 ? tls === wanted : given >= floor
}
