import * as z from 'zod'

/** TLS levels from weakest to strongest, in libpq's words, which every connector uses. */
export const tlsLevels = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

/** The SSH server a connection goes through. Whoever runs it sees where the line ends and may end it elsewhere. */
const tunnelShape = z.object({
  host: z.string(),
  port: z.number(),
  user: z.string(),
  /** Fingerprint of its key; empty where none was accepted yet, and then nothing is sealed to it or sent. */
  host_key: z.string(),
})

/** What a sealed secret may be sent to (AUTHZ-3), as it is stored with a credential. */
export const destinationShape = z.object({
  scheme: z.string(),
  host: z.string(),
  port: z.number(),
  /** The TLS level the secret was entered for; lowering it is a change of destination. */
  tls: z.string(),
  /** Authorities of its own that vouch for the server, as PEM without white space; left out where the public ones do. */
  trust: z.string().optional(),
  /** Fingerprint of the server's own key where it proves itself by one; empty as in a tunnel. */
  host_key: z.string().optional(),
  tunnel: tunnelShape.optional(),
})
export type Destination = z.output<typeof destinationShape>

/** Whether a secret sealed to `sealed` may go to `wanted`: the same place by the same way at the same level of TLS, or a stronger one (AUTHZ-3). */
export const isSameDestination = (sealed: Destination, wanted: Destination): boolean =>
  sealed.scheme === wanted.scheme &&
  sealed.host === wanted.host &&
  sealed.port === wanted.port &&
  isAtLeast(wanted.tls, sealed.tls) &&
  (!isVerified(sealed.tls) || sealed.trust === wanted.trust) &&
  isSameKey(sealed.host_key, wanted.host_key) &&
  isSameTunnel(sealed.tunnel, wanted.tunnel)

// A key that nobody accepted is no key: nothing is sealed to it.
const isSameKey = (sealed: string | undefined, wanted: string | undefined): boolean =>
  sealed !== '' && sealed === wanted

const isSameTunnel = (sealed: Destination['tunnel'], wanted: Destination['tunnel']): boolean =>
  sealed === undefined || wanted === undefined
    ? sealed === wanted
    : isSameKey(sealed.host_key, wanted.host_key) &&
      sealed.host === wanted.host &&
      sealed.port === wanted.port &&
      sealed.user === wanted.user

// Whoever may choose the authority may choose the server: where a certificate was checked, another authority is a change.
const isVerified = (tls: string): boolean => tls.startsWith('verify-')

/**
 * Addresses in the public part to which the secret itself goes and gets a token for it: the destination gets that token
 * and never the secret. They are a second place it is sealed to, which only the credential names, with the authority that
 * vouches for it.
 */
const exchangeFields = ['token_url', 'token_ca', 'authority_host'] as const

/** Fields of the public part that say where the secret goes; an address stands for its scheme, host and port. */
const hintFields = ['host', 'port', 'base_url', ...exchangeFields] as const

/** Whether two public parts have the secret exchanged at the same addresses; naming the first one is a change too. */
export const sameExchange = (before: unknown, after: unknown): boolean => {
  const [old, next] = [hintsOf(before), hintsOf(after)]
  return exchangeFields.every((name) => old[name] === next[name])
}

/** Where the secret is exchanged for a token, for people and the trail. */
export const exchangesOf = (config: unknown): string[] => {
  const hints = hintsOf(config)
  return [hints.token_url, hints.authority_host].filter((address) => typeof address === 'string')
}

/** Whether the public part of a credential says for which host it was entered. */
export const hasHostHint = (config: unknown): boolean => {
  const { host, base_url } = hintsOf(config)
  return [host, base_url].some((hint) => typeof hint === 'string')
}

/** Whether its public part alone settles that it may go to `wanted`: it names the host, and nobody stands in between. */
export const namesDestination = (config: unknown, wanted: Destination): boolean =>
  hasHostHint(config) && wanted.tunnel === undefined

/**
 * Whether two public parts say the same about where the secret goes. A hint of the destination that is added to one that
 * was never attached only narrows it.
 */
export const sameHints = (before: unknown, after: unknown, { isSealed }: { isSealed: boolean }): boolean => {
  const [old, next] = [hintsOf(before), hintsOf(after)]
  const isNarrowed = hintFields.every((name) => old[name] === next[name] || (old[name] === undefined && !isSealed))
  return isNarrowed && sameExchange(before, after)
}

/** Whether a credential that was never attached was entered for `wanted`, as far as its public part says. */
export const fitsHints = (config: unknown, wanted: Destination): boolean => {
  const { host, port, base_url } = hintsOf(config)
  const sameHost = typeof host !== 'string' || host.toLowerCase().replace(/\.$/, '') === wanted.host
  const samePort = port === undefined || port === wanted.port
  return sameHost && samePort && (typeof base_url !== 'string' || isAt(base_url, wanted))
}

/** Whether an address is at a destination: scheme, host and port, whatever its path. */
const isAt = (address: string, { scheme, host, port }: Destination): boolean => {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  const name = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const ports = { 'https:': 443, 'http:': 80 } as Record<string, number>
  return url.protocol === `${scheme}:` && name === host && (Number(url.port) || ports[url.protocol]) === port
}

/**
 * Where a secret may go, as one text to seal it to: its destination, or that it has none yet, and the addresses in its
 * public part. Whoever changes one of them in the database has an envelope that does not open.
 */
export const placeOf = (destination: unknown, config: unknown): string => {
  const known = destinationShape.safeParse(destination)
  const hints = hintsOf(config)
  const addresses = hintFields.filter((name) => hints[name] !== undefined).map((name) => [name, hints[name]])
  return canonical([known.success ? known.data : destination, addresses])
}

/** The same value gives the same text, in whatever order its members stand. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )

const hintsOf = (config: unknown): Partial<Record<(typeof hintFields)[number], unknown>> =>
  typeof config === 'object' && config !== null ? config : {}

/** `postgresql://db.example.com:5432 (verify-full) through etl@bastion.example.com:22 (SHA256:qX4…)` */
export const describeDestination = ({ scheme, host, port, tls, host_key, tunnel }: Destination): string => {
  // A file of this machine: nothing goes over a network.
  if (port === 0) return `${scheme}:${host}`
  return `${scheme}://${place(host, port)} (${host_key === undefined ? tls : keyOf(host_key)})${
    tunnel ? ` through ${tunnel.user}@${place(tunnel.host, tunnel.port)} (${keyOf(tunnel.host_key)})` : ''
  }`
}

const keyOf = (fingerprint: string): string => fingerprint || 'key not accepted'

const place = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

const isAtLeast = (tls: string, wanted: string): boolean => {
  const levels: readonly string[] = tlsLevels
  const [given, floor] = [levels.indexOf(tls), levels.indexOf(wanted)]
  return given === -1 || floor === -1 ? tls === wanted : given >= floor
}
