import type { Duplex } from 'node:stream'
import { within } from '#lib/core/within'
import { causeOf, isFailureOf } from '../_test/failure.ts'
import { reach } from '../_test/reach.ts'
import { since } from '../_test/stages.ts'
import { plainLink, type SecureLink, secure } from '../_tls/tls.ts'
import type { Limits, Target, TestOutcome, TestStage } from '../contract.ts'
import { checkBanner } from './banner.ts'
import { causes, type FailureContext } from './causes.ts'
import { stage, tlsLateness } from './failure.ts'
import type { manifest } from './manifest.ts'

type TcpTarget = Target<(typeof manifest)['config'], (typeof manifest)['credentials'][number]>

/** The staged test: yields every stage as it goes and returns one outcome, whatever the server does. */
export async function* testConnection(target: TcpTarget): AsyncGenerator<TestStage, TestOutcome> {
  const { config, net, limits } = target
  const context: FailureContext = { host: config.host, port: config.port, expected: config.server_name ?? config.host }
  let stream: Duplex | undefined
  let latency_ms: number | null = null
  try {
    const began = performance.now()
    const { socket } = yield* reach(stage, net, config)
    stream = socket
    const link = yield* stage('tls', async () => {
      const { status, sentence, evidence, ...value } = await encrypt(socket, config, limits)
      return { value, status, sentence, evidence }
    })
    stream = link.stream
    latency_ms = since(began)
    yield* stage('banner', () => checkBanner(link.stream, config, limits))
    const server = { encrypted: link.encrypted }
    return { success: true, message: 'Connected successfully (tcp)', driver: 'tcp', server, cause: null, latency_ms }
  } catch (error) {
    if (!isFailureOf(causes, error)) throw error
    const cause = causeOf(causes, error, context)
    return { success: false, message: cause.sentence, driver: 'tcp', server: null, cause, latency_ms }
  } finally {
    stream?.destroy()
  }
}

const encrypt = async (socket: Duplex, config: TcpTarget['config'], limits: Limits): Promise<SecureLink> => {
  const { host, server_name = host, ssl_mode: mode, ssl_root_cert: rootCert } = config
  if (mode === 'disable') return plainLink(socket, 'Encryption is off, as “disable” says.', 'skipped')
  const work = secure(socket, { host: server_name, mode, rootCert })
  return within(work, tlsLateness(limits.tls_ms, socket))
}
