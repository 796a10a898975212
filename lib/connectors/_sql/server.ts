import * as z from 'zod'
import type { Destination } from '#lib/credentials/destination'
import { effectiveMode, type SslMode, sslModeOptions, sslModes } from '../_tls/ssl.ts'
import { field } from '../contract.ts'
import { certificates } from './fields.ts'

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
