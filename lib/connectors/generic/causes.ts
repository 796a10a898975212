import { at, type CauseRow, type CauseTable, type PlaceFacts, reachCauses, text } from '../_test/causes.ts'
import { tlsCauses } from '../_tls/causes.ts'

export interface FailureContext extends PlaceFacts {
  /** What came, safe to show on one line. */
  heard?: string
  /** What was expected. */
  expected?: string
  /** Seconds that were waited. */
  waited?: number
}

const table = {
  ...reachCauses('the service'),
  ...tlsCauses(),
  'protocol.flood': {
    stage: 'banner',
    field: '/config/host',
    sentence: (facts) => `${at(facts)} sent far more data than is looked at; the connection was cut.`,
  },
  'tls.timeout': {
    stage: 'tls',
    field: '/config/ssl_mode',
    sentence: (facts) =>
      `${at(facts)} accepted the connection but did not answer in TLS. It may not speak TLS at all, or only after a command of its own (STARTTLS).`,
  },
  'tls.not_tls': {
    stage: 'tls',
    field: '/config/ssl_mode',
    sentence: (facts) =>
      `What answers at ${at(facts)} does not speak TLS. Choose “disable”, or the port on which the service does.`,
  },
  'tls.name_mismatch': {
    stage: 'tls',
    field: '/config/server_name',
    sentence: ({ detail, expected }) =>
      `The certificate is not made out to “${expected ?? ''}”${detail ? ` but to ${detail}` : ''}. Enter one of those names as the name in the certificate.`,
  },
  'banner.silent': {
    stage: 'banner',
    field: '/config/send',
    sentence: (facts) =>
      `${at(facts)} is open but said nothing within ${facts.waited ?? 0} seconds. Many services wait for the client: enter what is sent first${facts.expected === 'tls' ? '.' : ', or choose TLS if the port expects it.'}`,
  },
  'banner.closed': {
    stage: 'banner',
    field: '/config/port',
    sentence: (facts) =>
      `${at(facts)} accepted the connection and closed it without a word. A proxy may stand in front of a service that is down, this address may not be allowed, or the port expects TLS.`,
  },
  'banner.mismatch': {
    stage: 'banner',
    field: '/config/banner',
    sentence: (facts) =>
      `${at(facts)} answered “${facts.heard ?? ''}”, in which ${facts.expected ?? 'what was expected'} is not to be found${facts.detail ? `. It looks like ${facts.detail}` : ''}. Check the port, or what is expected.`,
    fix: ({ heard }) => text(heard ?? ''),
  },
} as const satisfies Record<string, CauseRow<FailureContext>>

export type CauseCode = keyof typeof table

/** Every way reaching a TCP service fails that we can tell apart. */
export const causes: CauseTable<FailureContext, CauseCode> = table
