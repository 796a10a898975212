import type { OutboxSink } from '#lib/audit/outbox'
import { type AuditEventView, sinkConfig } from '#lib/audit/schema'
import { NetError } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { withhold } from '#lib/core/log'
import type { EgressPolicy } from '#lib/runner/protocol'
import type { KeyHolder } from '../keys.ts'
import { sinkSealing } from '../protocol.ts'
import { openSecret } from '../sealing.ts'
import { Tampered } from '../tampered.ts'
import { appendFile } from './file.ts'
import { ReceiverRefused, sendHttps } from './https.ts'
import { sendSyslog } from './syslog.ts'

export interface SendContext {
  keys: KeyHolder
  policy: EgressPolicy
  home: string
  /** Aborted when the engine stops; what was not acknowledged then is sent after the next start. */
  stopping: AbortSignal
}

/** One batch, whatever the receiver does, is over by then. */
export const deadlineMs = 9_000

/** Sends one batch; returning means that the receiver has it. */
export const sendBatch = async (sink: OutboxSink, events: AuditEventView[], context: SendContext): Promise<void> => {
  const channel = {
    policy: context.policy,
    signal: AbortSignal.any([AbortSignal.timeout(deadlineMs), context.stopping]),
  }
  if (sink.kind === 'https') {
    const config = sinkConfig.https.parse(sink.config)
    const secret = await secretOf(sink, config.url, context.keys)
    const release = withhold(Object.values(secret))
    await sendHttps(config, secret, { events }, channel).finally(release)
  } else if (sink.kind === 'syslog') {
    await sendSyslog(sinkConfig.syslog.parse(sink.config), events, channel)
  } else {
    const { file } = sinkConfig.file.parse(sink.config)
    await appendFile(
      context.home,
      `${file}.${sink.workspaceId}`,
      events.map((event) => JSON.stringify(event)),
    )
  }
}

const secretOf = async ({ id, workspaceId, envelope, keyId }: OutboxSink, url: string, keys: KeyHolder) => {
  const sealing = sinkSealing({ id, workspaceId, origin: new URL(url).origin })
  const context = {
    workspaceId,
    credentialId: id,
    version: sealing.version,
    kind: sealing.kind,
    sealedTo: sealing.sealed_to,
  }
  const credentialName = 'audit destination'
  const sealed = { envelope: envelope ?? new Uint8Array(), keyId: keyId ?? '', context, credentialName }
  const { signing_key = '', authorization } = await openSecret(sealed, keys)
  return { signing_key, ...(authorization !== undefined && { authorization }) }
}

/** Why a batch did not arrive, without repeating anything the receiver said. */
export const sentenceOf = (error: unknown): string => {
  if (error instanceof ReceiverRefused || error instanceof AppError) return error.message
  if (error instanceof Tampered) return 'The stored signing key was changed outside Jackfield. Enter it again.'
  if (error instanceof NetError) return `The receiver could not be reached: ${error.message}`
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ABORT_ERR' || (error instanceof Error && error.name === 'TimeoutError'))
    return 'The receiver did not answer in time.'
  if (/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO/.test(code)) return `The receiver’s certificate is not trusted (${code}).`
  return `The receiver could not be reached${code ? ` (${code.slice(0, 40)})` : ''}.`
}
