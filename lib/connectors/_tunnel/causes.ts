import { sshWords } from '../_ssh/causes.ts'
import type { TestCause } from '../contract.ts'

/** What the sentences may mention: what the person entered, and facts of the SSH server's key. */
export interface TunnelContext {
  host: string
  port: number
  user: string
  /** Fingerprint and type of the key that the server showed. */
  found?: string
  keyType?: string
  /** The egress policy's sentence, or what no agreement was reached on. */
  detail?: string
  /** The public half of the key in use, as a line of authorized_keys. */
  publicKey?: string
}

interface TunnelRow {
  stage: 'tunnel' | 'host_key' | 'tunnel_login'
  field:
    | '/config/ssh_tunnel/host'
    | '/config/ssh_tunnel/port'
    | '/config/ssh_tunnel/user'
    | '/config/ssh_tunnel/host_key'
    | '/credential/ssh_private_key'
    | '/credential/ssh_passphrase'
    | '/credential/ssh_password'
    | null
  sentence(facts: TunnelContext): string
  fix?(facts: TunnelContext): TestCause['fix']
}

const shell = (text: string) => ({ kind: 'shell', text }) as const
const setting = (text: string) => ({ kind: 'setting', text }) as const
const text = (words: string) => ({ kind: 'text', text: words }) as const

const at = ({ host, port }: { host: string; port: number }) => `${host.includes(':') ? `[${host}]` : host}:${port}`

const table = {
  'tunnel.not_found': {
    stage: 'tunnel',
    field: '/config/ssh_tunnel/host',
    sentence: ({ host }) => `There is no SSH host “${host}”. Check the spelling.`,
  },
  'tunnel.dns_failed': {
    stage: 'tunnel',
    field: '/config/ssh_tunnel/host',
    sentence: ({ host }) =>
      `The name “${host}” could not be looked up right now. Check this machine’s DNS and try again.`,
  },
  'tunnel.refused_by_policy': {
    stage: 'tunnel',
    field: '/config/ssh_tunnel/host',
    sentence: ({ detail }) =>
      `Jackfield does not connect to this SSH host. ${detail ?? 'The egress policy refuses this address.'}`,
    fix: () => text('An administrator can allow the network with JACKFIELD_EGRESS_ALLOW.'),
  },
  'tunnel.refused': {
    stage: 'tunnel',
    field: '/config/ssh_tunnel/port',
    sentence: ({ host, port }) =>
      `${host} is there, but nothing listens on port ${port}. Check the port and that sshd runs.`,
  },
  'tunnel.timeout': {
    stage: 'tunnel',
    field: '/config/ssh_tunnel/host',
    sentence: (facts) =>
      `${at(facts)} does not answer. A firewall in between usually drops the packets; let this machine’s address through.`,
    fix: ({ port }) => shell(`sudo ufw allow from <address of this machine> to any port ${port} proto tcp`),
  },
  'tunnel.unreachable': {
    stage: 'tunnel',
    field: '/config/ssh_tunnel/host',
    sentence: ({ host }) => `There is no route from this machine to ${host}. Check the network or a VPN.`,
  },
  'tunnel.failed': {
    stage: 'tunnel',
    field: '/config/ssh_tunnel/host',
    sentence: (facts) => `The connection to ${at(facts)} could not be opened.`,
  },
  'tunnel.not_ssh': {
    stage: 'host_key',
    field: '/config/ssh_tunnel/port',
    sentence: (facts) => `What answers at ${at(facts)} is not an SSH server. Check the port.`,
  },
  'tunnel.stalled': {
    stage: 'host_key',
    field: '/config/ssh_tunnel/host',
    sentence: (facts) => `${at(facts)} accepted the connection but went silent before the tunnel was open.`,
  },
  'tunnel.closed': {
    stage: 'host_key',
    field: '/config/ssh_tunnel/host',
    sentence: (facts) =>
      `${at(facts)} closed the connection before the tunnel was open. Its log says why; too many connections at once is a common reason.`,
  },
  'tunnel.flood': {
    stage: 'host_key',
    field: '/config/ssh_tunnel/host',
    sentence: (facts) => `${at(facts)} sent far more data than an SSH server would; the connection was cut.`,
  },
  'tunnel.no_common_algorithm': {
    stage: 'host_key',
    field: '/config/ssh_tunnel/host',
    ...sshWords.no_common_algorithm,
  },
  'tunnel.host_key_unknown': { stage: 'host_key', field: '/config/ssh_tunnel/host_key', ...sshWords.host_key_unknown },
  'tunnel.host_key': { stage: 'host_key', field: '/config/ssh_tunnel/host_key', ...sshWords.host_key },
  'tunnel.no_login': {
    stage: 'tunnel_login',
    field: '/credential/ssh_private_key',
    sentence: () => 'The credential has neither an SSH private key nor an SSH password. Enter one of them.',
  },
  'tunnel.key_unreadable': { stage: 'tunnel_login', field: '/credential/ssh_private_key', ...sshWords.key_unreadable },
  'tunnel.key_passphrase': { stage: 'tunnel_login', field: '/credential/ssh_passphrase', ...sshWords.key_passphrase },
  'tunnel.key_rejected': {
    stage: 'tunnel_login',
    field: '/credential/ssh_private_key',
    sentence: ({ user, host }) =>
      `${host} does not take this key for “${user}”. Add its public half there, or use another key.`,
    fix: ({ publicKey = '<public key>' }) =>
      setting(`# ~/.ssh/authorized_keys of the user\nrestrict,port-forwarding ${publicKey}`),
  },
  'tunnel.password_rejected': {
    stage: 'tunnel_login',
    field: '/credential/ssh_password',
    sentence: ({ user, host }) =>
      `${host} does not take this SSH password for “${user}”, or takes no passwords at all. Type it again, or use a key.`,
  },
  'tunnel.login_stalled': {
    stage: 'tunnel_login',
    field: '/config/ssh_tunnel/host',
    sentence: (facts) => `${at(facts)} did not finish the SSH login in time.`,
  },
} as const satisfies Record<string, TunnelRow>

export type TunnelCode = keyof typeof table

/** Every way the way to an open tunnel fails that we can tell apart. */
export const tunnelCauses: Readonly<Record<TunnelCode, TunnelRow>> = table

/** What can go wrong behind an open tunnel: rows for a connector's own table, under the codes of `NetError`. */
export const forwardCauses = {
  'tunnel.forwarding_refused': {
    stage: 'tcp',
    field: '/config/ssh_tunnel/host',
    sentence: (facts: { host: string; port: number }) =>
      `The SSH server let the login in but does not forward to ${at(facts)}. Allow it there.`,
    fix: ({ host, port }: { host: string; port: number }) =>
      setting(`# sshd_config of the SSH server\nAllowTcpForwarding local\nPermitOpen ${at({ host, port })}`),
  },
  'tunnel.lost': {
    stage: 'authenticate',
    field: '/config/ssh_tunnel/host',
    sentence: () => 'The SSH server closed the tunnel in the middle of the conversation. Try again; its log says why.',
  },
} as const
