import * as z from 'zod'
import { certificates, hostName, portNumber } from '../_sql/fields.ts'
import { effectiveMode, sslModeOptions } from '../_tls/ssl.ts'
import { sshTunnel } from '../_tunnel/fields.ts'
import { defineConnector, field } from '../contract.ts'
import { bytes, pattern } from './fields.ts'
import { parseServiceUrl } from './parse-url.ts'
import { presets } from './presets.ts'

const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
const encrypted = sslModes.filter((mode) => mode !== 'disable')

/** What the server has to say before the test passes. */
export const bannerRules = ['none', 'any', 'contains', 'matches'] as const
export type BannerRule = (typeof bannerRules)[number]

const settings = z.strictObject({
  host: field(hostName, {
    label: 'Host',
    placeholder: 'e.g. queue.example.com',
    help: 'The name or IP address of the server.',
    group: 'Server',
    span: 8,
  }),
  port: field(portNumber, {
    label: 'Port',
    placeholder: 'e.g. 5672',
    help: 'The TCP port the service listens on.',
    group: 'Server',
    widget: 'number',
    span: 4,
  }),
  ssl_mode: field(z.enum(sslModes).default('disable'), {
    label: 'TLS',
    help: 'Whether the service speaks TLS from the first byte on, and how it proves who it is.',
    group: 'Security',
    widget: 'select',
    span: 12,
    options: Object.fromEntries(sslModes.map((mode) => [mode, sslModeOptions[mode] ?? { label: mode }])),
  }),
  server_name: field(hostName.optional(), {
    label: 'Name in the certificate',
    placeholder: 'e.g. queue.internal',
    help: 'Only if the certificate is made out to another name than the host above; it is also the name asked for (SNI).',
    group: 'Security',
    span: 12,
    when: { field: 'ssl_mode', in: encrypted },
  }),
  ssl_root_cert: field(certificates.optional(), {
    label: 'CA certificate',
    placeholder: '-----BEGIN CERTIFICATE-----',
    help: 'Only if the server’s certificate was signed by an authority of your own; leave it empty for public ones. It is public and not a secret.',
    group: 'Security',
    widget: 'textarea',
    span: 12,
    when: { field: 'ssl_mode', in: encrypted },
  }),
  banner: field(z.enum(bannerRules).default('none'), {
    label: 'The service has to answer',
    help: 'An open port says little: a proxy may hold it open for a service that is down. What a service says proves that it is there.',
    group: 'Answer',
    widget: 'select',
    span: 12,
    options: {
      none: { label: 'nothing', help: 'An open port is enough.' },
      any: { label: 'anything', help: 'Whatever it says, as long as it says something.' },
      contains: { label: 'with this text', help: 'The text has to stand somewhere in the first 4 KiB.' },
      matches: { label: 'with a pattern', help: 'A regular expression has to be found in the first 4 KiB.' },
    },
  }),
  banner_text: field(bytes.optional(), {
    label: 'Expected text',
    placeholder: 'e.g. 220',
    help: 'Upper and lower case matter. \\r, \\n, \\0 and \\xHH stand for those bytes.',
    group: 'Answer',
    span: 12,
    when: { field: 'banner', in: ['contains'] },
  }),
  banner_pattern: field(pattern.optional(), {
    label: 'Expected pattern',
    placeholder: 'e.g. ^\\+PONG',
    help: 'A regular expression without references back and looking around; (?i) in front ignores case.',
    group: 'Answer',
    span: 12,
    when: { field: 'banner', in: ['matches'] },
  }),
  send: field(bytes.optional(), {
    label: 'Sent first',
    placeholder: 'e.g. PING\\r\\n',
    help: 'For services that wait for the client. Sent exactly as written; \\r, \\n, \\0 and \\xHH stand for those bytes. Everybody in the workspace sees it: never a password.',
    group: 'Answer',
    span: 12,
    when: { field: 'banner', in: ['any', 'contains', 'matches'] },
  }),
  ssh_tunnel: sshTunnel,
})

export const manifest = defineConnector({
  id: 'generic',
  name: 'Any TCP service',
  summary: 'Whatever listens on a TCP port: reachability, TLS, and what the service says of itself.',
  category: 'other',
  roles: ['source', 'destination'],
  status: 'available',
  keywords: ['tcp', 'port', 'socket', 'generic', 'tls', 'custom', 'banner', 'ping'],
  config: settings.superRefine(({ banner, banner_text, banner_pattern }, context) => {
    const missing = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (banner === 'contains' && banner_text === undefined) missing('banner_text', 'Enter the text to expect.')
    if (banner === 'matches' && banner_pattern === undefined) missing('banner_pattern', 'Enter the pattern to expect.')
  }),
  credentials: ['password.ssh_tunnel'],
  loginOptional: true,
  capabilities: ['test'],
  presets,
  flat: { host: 'host', port: 'port' },
  nodes: [],
  verifiedAgainst: 'OpenSSH 9.2, PostgreSQL 18, and TLS servers of Node',
  summarize: ({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`,
  destination: ({ host, port, ssl_mode, ssl_root_cert }) => ({
    scheme: 'tcp',
    host: host.toLowerCase().replace(/\.$/, ''),
    port,
    tls: effectiveMode(ssl_mode, ssl_root_cert),
    ...(ssl_root_cert !== undefined && { trust: ssl_root_cert.replace(/\s+/g, '') }),
  }),
  parseUrl: parseServiceUrl,
})
