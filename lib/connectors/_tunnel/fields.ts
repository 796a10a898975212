import * as z from 'zod'
import { hostName, portNumber } from '../_sql/fields.ts'
import { keyFingerprint } from '../_ssh/fields.ts'
import { field } from '../contract.ts'

/** Heading of the part of the form that holds the tunnel. */
export const tunnelGroup = 'SSH tunnel'

const userName = z
  .string()
  .min(1, 'Enter the user of the SSH server.')
  .max(256, 'Use at most 256 characters.')
  .refine((text) => text.isWellFormed() && !/[\p{Cc}\s]/u.test(text), 'A user name has no spaces.')

/**
 * The SSH server a connection goes through. A connector that dials TCP through `net` takes it into its settings as
 * `ssh_tunnel` and needs nothing else: the runner opens the tunnel and hands the driver a `net` that leads through it.
 */
export const sshTunnel = field(
  z
    .strictObject({
      host: field(hostName, {
        label: 'SSH host',
        placeholder: 'e.g. bastion.example.com',
        help: 'The SSH server that can reach the database, often called a bastion or jump host. The database’s own host is looked up by it.',
        span: 8,
      }),
      port: field(portNumber.default(22), {
        label: 'SSH port',
        placeholder: 'e.g. 22',
        help: 'SSH listens on 22 unless it was told otherwise.',
        widget: 'number',
        span: 4,
      }),
      user: field(userName, {
        label: 'SSH user',
        placeholder: 'e.g. tunnel',
        help: 'A user that may do nothing but forward ports is enough; the guide has the lines for sshd_config.',
        span: 12,
      }),
      host_key: field(keyFingerprint.optional(), {
        label: 'Host key fingerprint',
        placeholder: 'e.g. SHA256:…',
        help: 'Proves that it is the right server. Left empty, a test shows the key it finds and sends nothing; compare it with the server’s and accept it.',
        span: 12,
      }),
    })
    .optional(),
  {
    label: 'SSH tunnel',
    help: 'For a database that only an SSH server can reach.',
    group: tunnelGroup,
  },
)
export type SshTunnel = NonNullable<z.output<typeof sshTunnel>>

/** The tunnel among parsed settings, whatever the connector. */
export const tunnelOf = (config: Record<string, unknown>): SshTunnel | undefined => sshTunnel.parse(config.ssh_tunnel)
