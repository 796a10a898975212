import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { createNet } from '#lib/runner/net'
import type { EgressPolicy } from '#lib/runner/protocol'

export interface Receiver {
  host: string
  port: number
  ca?: string | undefined
}

export interface ChannelContext {
  policy: EgressPolicy
  signal: AbortSignal
}

const limits = { connect_ms: 5_000, tls_ms: 5_000, auth_ms: 5_000, total_ms: 10_000, bytes: 1024 * 1024 }

/** A verified TLS connection to a receiver, dialled through the egress gate like any target (CONN-2). */
export const openChannel = async (
  { host, port, ca }: Receiver,
  { policy, signal }: ChannelContext,
): Promise<TLSSocket> => {
  const socket = await createNet({ policy, limits, signal }).dial(host, port)
  const channel = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== undefined && { ca }),
    minVersion: 'TLSv1.2',
    ALPNProtocols: [],
  })
  try {
    await once(channel, 'secureConnect', { signal })
    return channel
  } catch (error) {
    channel.destroy()
    socket.destroy()
    throw error
  }
}
