import { once } from 'node:events'
import { hostname } from 'node:os'
import type { AuditEventView } from '#lib/audit/schema'
import { type ChannelContext, openChannel, type Receiver } from './channel.ts'

/** Facility 13 is “log audit”; what succeeded is informational, what did not is a warning. */
const facility = 13
const severities = { success: 6, failure: 4, denied: 4 } as const

/** One event as an RFC 5424 message: its id and place as structured data, all of it as JSON. */
export const syslogMessage = (event: AuditEventView, host = hostname()): string => {
  const priority = facility * 8 + severities[event.outcome]
  const facts = {
    id: event.id,
    seq: event.seq,
    outcome: event.outcome,
    actor: event.actor.id,
    target: event.target?.id,
  }
  const data = Object.entries(facts).flatMap(([name, value]) => (value == null ? [] : ` ${name}="${parameter(value)}"`))
  const head = [`<${priority}>1`, event.at, printable(host, 255), 'jackfield', process.pid, printable(event.event, 32)]
  return `${head.join(' ')} [audit@32473${data.join('')}] \ufeff${escapeControls(JSON.stringify(event))}`
}

/** Octet counting (RFC 5425): the receiver never has to guess where a message ends. */
export const framed = (message: string): Buffer => {
  const bytes = Buffer.from(message)
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes])
}

/**
 * Syslog has no acknowledgement, so a batch is one connection: it counts as arrived when the receiver, having read to the
 * end, closes its side in order. A receiver that dies in between resets, and everything is sent again.
 */
export const sendSyslog = async (to: Receiver, events: AuditEventView[], context: ChannelContext): Promise<void> => {
  const channel = await openChannel(to, context)
  try {
    channel.resume()
    const ended = once(channel, 'end', { signal: context.signal })
    channel.end(Buffer.concat(events.map((event) => framed(syslogMessage(event)))))
    await ended
  } finally {
    channel.destroy()
  }
}

const parameter = (value: string | number): string => escapeControls(String(value).replace(/["\\\]]/g, '\\$&'))

const printable = (text: string, longest: number): string => text.replace(/[^\x21-\x7e]/g, '_').slice(0, longest) || '-'

// JSON leaves some of these as they are, and they end a line or turn it around where it is shown (AUDIT-7).
const controls = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

const escapeControls = (text: string): string =>
  text.replace(controls, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
