import { forwardCauses } from '../_tunnel/causes.ts'
import type { TestCause } from '../contract.ts'

/** What went wrong: where, which field to look at, what to say, what to copy. `F` is what the sentences may mention. */
export interface CauseRow<F> {
  stage: TestCause['stage']
  /** JSON pointer into the form. */
  field: `/config/${string}` | `/credential/${string}` | null
  /** What happened and what to do, in one or two sentences. */
  sentence(facts: F): string
  /** Something to copy. */
  fix?(facts: F): TestCause['fix']
}
export type CauseTable<F, Code extends string = string> = Readonly<Record<Code, CauseRow<F>>>

export const sql = (text: string) => ({ kind: 'sql', text }) as const
export const shell = (text: string) => ({ kind: 'shell', text }) as const
export const setting = (text: string) => ({ kind: 'setting', text }) as const
export const text = (words: string) => ({ kind: 'text', text: words }) as const

/** Facts of every target that is reached over TCP. All of it was entered by the person or is a fact of the network. */
export interface PlaceFacts {
  host: string
  port: number
  /** The policy's sentence, names in the certificate, a protocol's name … */
  detail?: string
}

export const at = ({ host, port }: PlaceFacts) => `${host.includes(':') ? `[${host}]` : host}:${port}`

/** The same causes where host and port are one field, such as an address. */
export const atAddress = <Code extends string>(table: CauseTable<PlaceFacts, Code>, address: string) =>
  Object.fromEntries(
    Object.entries<CauseRow<PlaceFacts>>(table).map(([code, row]) => [
      code,
      { ...row, field: row.field === '/config/host' || row.field === '/config/port' ? address : row.field },
    ]),
  ) as Record<Code, CauseRow<PlaceFacts>>

/** Everything that goes wrong before a byte is exchanged, for a connector's own table. */
export const reachCauses = (service: string, listening?: (facts: PlaceFacts) => TestCause['fix']) =>
  ({
    'dns.not_found': {
      stage: 'dns',
      field: '/config/host',
      sentence: ({ host }: PlaceFacts) =>
        `There is no host “${host}”. Check the spelling; private names need the right DNS server.`,
    },
    'dns.failed': {
      stage: 'dns',
      field: '/config/host',
      sentence: ({ host }: PlaceFacts) =>
        `The name “${host}” could not be looked up right now. Check this machine’s DNS and try again.`,
    },
    'dns.timeout': {
      stage: 'dns',
      field: '/config/host',
      sentence: ({ host }: PlaceFacts) => `The name server did not answer in time for “${host}”.`,
    },
    'dns.refused_by_policy': {
      stage: 'dns',
      field: '/config/host',
      sentence: ({ detail }: PlaceFacts) =>
        `Jackfield does not connect there. ${detail ?? 'The egress policy refuses this address.'}`,
      fix: () => text('An administrator can allow the network with JACKFIELD_EGRESS_ALLOW.'),
    },
    'tcp.refused': {
      stage: 'tcp',
      field: '/config/port',
      sentence: ({ host, port }: PlaceFacts) =>
        `${host} is there, but nothing listens on port ${port}. Check the port and that ${service} is running and listens on this address.`,
      ...(listening && { fix: listening }),
    },
    'tcp.timeout': {
      stage: 'tcp',
      field: '/config/host',
      sentence: (facts: PlaceFacts) =>
        `${at(facts)} does not answer. A firewall or security group in between usually drops the packets; let this machine’s address through.`,
      fix: ({ port }: PlaceFacts) =>
        shell(`sudo ufw allow from <address of this machine> to any port ${port} proto tcp`),
    },
    'tcp.unreachable': {
      stage: 'tcp',
      field: '/config/host',
      sentence: ({ host }: PlaceFacts) =>
        `There is no route from this machine to ${host}. Check the network, a VPN, or whether the host has only an IPv6 address.`,
    },
    'tcp.failed': {
      stage: 'tcp',
      field: '/config/host',
      sentence: (facts: PlaceFacts) => `The connection to ${at(facts)} could not be opened.`,
    },
    ...forwardCauses,
  }) as const satisfies Record<string, CauseRow<PlaceFacts>>
