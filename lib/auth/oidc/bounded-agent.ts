import http from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'

/** What one answer of the identity provider may take. */
export const bounds = { deadline_ms: 10_000, max_bytes: 512 * 1024 } as const

/**
 * openid-client gives up on a silent provider only; one that trickles, or never stops, would hold on to a sign-in for as
 * long as it likes. Each request has a connection of its own, so the connection is what carries deadline and byte cap.
 */
export const boundedAgent = (
  isTls: boolean,
  limits: { deadline_ms: number; max_bytes: number } = bounds,
): http.Agent => {
  const agent = isTls ? new https.Agent({ keepAlive: false }) : new http.Agent({ keepAlive: false })
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (...given) => {
    const socket = connect(...given)
    if (socket) bind(socket, limits)
    return socket
  }
  return agent
}

const bind = (socket: Duplex, { deadline_ms, max_bytes }: { deadline_ms: number; max_bytes: number }): void => {
  const timer = setTimeout(() => socket.destroy(new Error('The provider took too long.')), deadline_ms)
  let received = 0
  socket.on('data', (chunk: Uint8Array) => {
    received += chunk.length
    if (received > max_bytes) socket.destroy(new Error('The provider sent too much.'))
  })
  socket.once('close', () => clearTimeout(timer))
}
