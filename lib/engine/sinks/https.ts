import { createHmac } from 'node:crypto'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { type ChannelContext, openChannel } from './channel.ts'

export interface HttpsSink {
  url: string
  ca?: string | undefined
}

export interface HttpsSecret {
  signing_key: string
  authorization?: string | undefined
}

/** One batch as JSON, signed: `HMAC-SHA256(key, timestamp + "." + body)`. Any 2xx acknowledges it; redirects are not followed. */
export const sendHttps = async (
  { url: text, ca }: HttpsSink,
  secret: HttpsSecret,
  batch: { events: { id: string }[] },
  context: ChannelContext,
): Promise<void> => {
  const url = new URL(text)
  const body = Buffer.from(JSON.stringify(batch))
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const channel = await openChannel({ host, port: Number(url.port || 443), ca }, context)
  try {
    const status = await post(channel, url, {
      body,
      headers: headersOf(body, secret, batch.events),
      signal: context.signal,
    })
    if (status < 200 || status > 299) throw new ReceiverRefused(`The receiver answered ${status}.`)
  } finally {
    channel.destroy()
  }
}

/** A sentence of ours about a receiver that did not take what was sent. */
export class ReceiverRefused extends Error {
  override readonly name = 'ReceiverRefused'
}

const headersOf = (body: Buffer, { signing_key, authorization }: HttpsSecret, events: { id: string }[]) => {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', signing_key).update(`${timestamp}.`).update(body).digest('hex')
  return {
    'content-type': 'application/json',
    'content-length': String(body.length),
    'user-agent': 'Jackfield',
    'x-jackfield-timestamp': timestamp,
    'x-jackfield-signature': `v1=${signature}`,
    'x-jackfield-event-ids': `${events[0]?.id ?? ''}..${events.at(-1)?.id ?? ''}`,
    ...(authorization !== undefined && { authorization }),
  }
}

interface Post {
  body: Buffer
  headers: Record<string, string>
  signal: AbortSignal
}

const post = (channel: TLSSocket, url: URL, { body, headers, signal }: Post): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => channel,
      method: 'POST',
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, connection: 'close', ...headers },
      signal,
    })
    request.once('response', (response: IncomingMessage) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.once('error', reject)
    request.end(body)
  })
