import * as z from 'zod'
import type { Destination } from '#lib/credentials/destination'
import { effectiveMode, type SslMode, sslModeOptions, sslModes } from '../_tls/ssl.ts'
import { field } from '../contract.ts'

// Names, IPv4 and IPv6 literals in any spelling; what is behind them is decided by the egress policy, not here.
const hostShape = /^(?:[\p{L}\p{M}\p{N}_-](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_-])?\.?|[0-9a-f:.]*:[0-9a-f:.]*)$/iu

/** One host: no socket path, list, login, scheme, zone or white space (CONN-6). `[::1]` is stored as `::1`. */
export const hostName = z
  .string()
  .transform((text) => text.replace(/^ +| +$/g, '').replace(/^\[(.*)\]$/, '$1'))
  .superRefine((host, context) => {
    const message = problemOfHost(host)
    if (message) context.addIssue({ code: 'custom', message, input: host })
  })

/** A TCP port; text from a form is accepted, an empty one is not zero. */
export const portNumber = z.coerce
  .number('A port is a number from 1 to 65535.')
  .int('A port is a whole number.')
  .min(1, 'A port is a number from 1 to 65535.')
  .max(65_535, 'A port is a number from 1 to 65535.')

/** A database identifier exactly as it is stored: any character but control characters, at most 63 bytes unless the system counts otherwise. */
export const identifier = (what: string, most: { length: number; unit: 'bytes' | 'characters' } = postgresLength) =>
  z
    .string()
    .min(1, `Enter the ${what}.`)
    .refine((text) => text.isWellFormed() && !hasControl(text), `A ${what} has no control characters.`)
    .refine(
      (text) => (most.unit === 'bytes' ? new TextEncoder().encode(text).length : [...text].length) <= most.length,
      `A ${what} has at most ${most.length} ${most.unit}.`,
    )

const postgresLength = { length: 63, unit: 'bytes' } as const

/** One or more PEM certificates, or nothing. A private key pasted by mistake is refused: settings are shown to teammates. */
export const certificates = z
  .string()
  .max(131_072, 'Use at most 128 KiB.')
  .transform((text) => text.replaceAll('\r\n', '\n').trim())
  .refine((text) => !text.includes('PRIVATE KEY'), 'This holds a private key. Paste only the certificate.')
  .refine(
    (text) => text === '' || onlyCertificates.test(text),
    'Paste PEM text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
  )
  .transform((text) => (text === '' ? undefined : text))

// Bundles carry comments between the certificates; inside the armour only base64 may stand.
const onlyCertificates = /^(?:[^-]*-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----)+[^-]*$/

const problemOfHost = (host: string): string | undefined => {
  if (host === '') return 'Enter the host.'
  if (host.length > 253) return 'A host name has at most 253 characters.'
  if (host.includes('://')) return 'Enter the host alone, without the scheme.'
  if (host.startsWith('/') || host.startsWith('@')) return 'Sockets cannot be used; enter a host name or an IP address.'
  if (host.includes(',')) return 'Enter one host; a list of hosts is not supported.'
  if (host.includes('@')) return 'Enter the host alone; the username has its own field.'
  if (host.includes('%')) return 'Addresses with a zone cannot be used.'
  if (/^[^:]+:\d+$/.test(host)) return 'Enter the port in its own field.'
  if (!hostShape.test(host) || host.includes('..')) return 'This is not a host name or an IP address.'
  return undefined
}

const hasControl = (text: string): boolean => /\p{Cc}/u.test(text)

/** Settings of TLS, the same for every database server; `names` says how its own tools call the modes. */
export const serverTls = (names: string) => ({
  ssl_mode: field(z.enum(sslModes).default('verify-full'), {
    label: 'SSL mode',
    help: `How the connection is encrypted and how the server proves who it is. ${names}`,
    group: 'Security',
    widget: 'select',
    span: 12,
    options: sslModeOptions,
  }),
  ssl_root_cert: field(certificates.optional(), {
    label: 'CA certificate',
    placeholder: '-----BEGIN CERTIFICATE-----',
    help: 'Only if the server’s certificate was signed by your own or the provider’s authority; leave it empty for public ones. It is public and not a secret.',
    group: 'Security',
    widget: 'textarea',
    span: 12,
  }),
})

/** How the flat body maps to the settings of a database server. */
export const serverFlat = {
  host: 'host',
  port: 'port',
  schema: 'database',
  login: { kind: 'database.password', field: 'username' },
  password: { kind: 'database.password', field: 'password' },
} as const

interface ServerConfig {
  host: string
  port: number
  database: string
  ssl_mode: SslMode
  ssl_root_cert?: string | undefined
}

/** `db.example.com:5432/app` */
export const summarizeServer = ({ host, port, database }: ServerConfig): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}/${database}`

export const serverDestination = (
  scheme: string,
  { host, port, ssl_mode, ssl_root_cert }: ServerConfig,
): Destination => ({
  scheme,
  host: host.toLowerCase().replace(/\.$/, ''),
  port,
  tls: effectiveMode(ssl_mode, ssl_root_cert),
  ...(ssl_root_cert !== undefined && { trust: ssl_root_cert.replace(/\s+/g, '') }),
})
