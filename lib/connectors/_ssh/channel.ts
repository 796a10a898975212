import { Duplex } from 'node:stream'
import type { ClientChannel } from 'ssh2'

/**
 * A forwarded connection as a stream that behaves like a socket: it can be destroyed with an error that its readers then
 * see, which ssh2's own channels do not do, and holds the server back while nobody reads.
 */
export class ChannelStream extends Duplex {
  readonly #channel: ClientChannel
  constructor(channel: ClientChannel) {
    super({ allowHalfOpen: false })
    this.#channel = channel
    channel.stderr.resume()
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause()
    })
    channel.on('error', (error: Error) => this.destroy(error))
    channel.once('end', () => this.push(null))
    channel.once('close', () => {
      if (this.readableEnded) this.destroy()
      else this.once('end', () => this.destroy())
    })
  }
  override _read(): void {
    this.#channel.resume()
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.write(chunk, done)
  }
  override _final(done: () => void): void {
    this.#channel.end()
    done()
  }
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channel.close()
    done(error)
  }
}
