import type { Duplex } from 'node:stream'
import { otherProtocol } from '../_test/other-protocol.ts'
import { Failure } from './failure.ts'

const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

/** Asks for encryption in PostgreSQL’s way. True if the server agrees, false if it declines. */
export const requestTls = async (socket: Duplex): Promise<boolean> => {
  socket.write(sslRequest)
  const answer = await firstBytes(socket)
  // More than one byte was sent before we spoke: someone in between stuffs the buffer.
  if (answer.length === 1 && answer[0] === 0x53) return true
  if (answer.length === 1 && answer[0] === 0x4e) return false
  const detail = otherProtocol(answer)
  throw new Failure('protocol.not_postgres', detail ? { detail } : {})
}

const firstBytes = (socket: Duplex): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      socket.pause()
      socket.off('data', got)
      socket.off('error', reject)
      socket.off('close', closed)
      act()
    }
    const got = (chunk: Buffer) => settle(() => resolve(chunk))
    const closed = () => settle(() => reject(new Failure('protocol.closed')))
    socket.on('data', got)
    socket.once('error', reject)
    socket.once('close', closed)
    socket.once('end', closed)
  })
