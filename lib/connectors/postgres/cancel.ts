import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import * as z from 'zod'
import { secure } from '../_tls/tls.ts'
import type { ResolvedAddress } from '../contract.ts'
import { cancelRequest } from './messages.ts'
import type { Session } from './session.ts'
import { requestTls } from './ssl-request.ts'
import { type PostgresTarget, settingsOf } from './target.ts'

/** What proves to a server whose work is to be stopped; it never fits another session (SQL-6). */
const backendKey = z.object({ processID: z.int(), secretKey: z.int() })

/**
 * Tells the server to stop what this session does, over a connection of its own that is as safe as the session's.
 * Returns once the server has taken note.
 */
export const requestCancel = async (target: PostgresTarget, { client, stream }: Session): Promise<void> => {
  const key = backendKey.safeParse(client)
  if (!key.success) return
  const settings = settingsOf(target)
  const socket = await target.net.connect(await sameServer(target, stream), settings.port)
  try {
    const line = stream instanceof TLSSocket ? await encrypted(socket, settings) : socket
    line.write(cancelRequest(key.data.processID, key.data.secretKey))
    await closed(line)
  } finally {
    socket.destroy()
  }
}

const encrypted = async (socket: Duplex, settings: ReturnType<typeof settingsOf>): Promise<Duplex> => {
  if (!(await requestTls(socket))) throw new Error('the server no longer encrypts')
  return (await secure(socket, settings)).stream
}

/** A name may lead to several servers; only the one that has the session is asked. */
const sameServer = async (
  { net, config }: PostgresTarget,
  stream: Duplex & { remoteAddress?: unknown },
): Promise<ResolvedAddress[]> => {
  const found = await net.resolve(config.host)
  const own = found.filter(({ address }) => address === stream.remoteAddress)
  return own.length > 0 ? own : found
}

const closed = (line: Duplex): Promise<void> =>
  new Promise((resolve) => {
    line.once('close', () => resolve())
    line.once('error', () => resolve())
    line.resume()
  })
