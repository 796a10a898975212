import type { Duplex } from 'node:stream'
import type { Lateness } from '#lib/core/within'
import { Failure } from '../_test/failure.ts'
import type { StageName } from '../contract.ts'

/** What a step that takes too long is called, at every server that speaks SQL. */
export const lateCodes = {
  dns: 'dns.timeout',
  tcp: 'tcp.timeout',
  tls: 'tls.timeout',
  authenticate: 'auth.timeout',
  database: 'query.timeout',
} as const

/** What a step is called in which the line breaks. */
export const brokenCodes: Partial<Record<StageName, 'dns.failed' | 'tcp.failed' | 'tls.handshake'>> = {
  dns: 'dns.failed',
  tcp: 'tcp.failed',
  tls: 'tls.handshake',
}

/** The time a step gets; what waits on the socket ends with it. */
export const latenessIn =
  <Step extends string>(codes: Record<Step, string>) =>
  (step: Step, ms: number, socket: Duplex): Lateness => ({
    ms,
    late: new Failure(codes[step]),
    end: (late) => socket.destroy(late),
  })
