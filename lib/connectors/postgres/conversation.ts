import { setTimeout as sleep } from 'node:timers/promises'
import { Answers, answer, type Listener } from './answers.ts'
import { requestCancel } from './cancel.ts'
import { terminate } from './messages.ts'
import type { Session } from './session.ts'
import type { PostgresTarget } from './target.ts'

/** After this the session is given up, whatever the server still does. */
const stoppingMs = 650
/** A request may come while the server is between two messages, where it goes unheard. */
const againMs = 200

/** One session in which we ask and the server answers, and which leaves no work behind (SQL-6). */
export class Conversation {
  readonly #target: PostgresTarget
  readonly #session: Session
  readonly #answers: Answers
  readonly #signal: AbortSignal
  #owed = 0
  #stopping: Promise<void> | undefined
  readonly #abort = () => void this.stop()

  /** pg has done its part: from here on the session's bytes are read as they come. */
  constructor(target: PostgresTarget, session: Session, signal: AbortSignal) {
    session.stream.pause()
    session.stream.removeAllListeners('data')
    this.#target = target
    this.#session = session
    this.#answers = new Answers(session.stream)
    this.#signal = signal
    signal.addEventListener('abort', this.#abort, { once: true })
    if (signal.aborted) this.#abort()
  }

  /** `breaths`: how many times the server is asked to say that it is ready. */
  say(bytes: Buffer, breaths: number): void {
    this.#owed += breaths
    this.#session.stream.write(bytes)
  }

  /** Whether answers are still to come. */
  isBusy(): boolean {
    return this.#owed > 0
  }

  async hear(listener: Listener): Promise<void> {
    await this.#answers.hear({
      row: (bytes, at, end) => listener.row(bytes, at, end),
      longRow: () => listener.longRow(),
      message: (type, body) => {
        if (type === answer.ready) this.#owed -= 1
        listener.message(type, body)
      },
    })
  }

  /** Asks the server to stop, once; its answer is heard like any other. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  /** Leaves the server with nothing to do for us. */
  async end(): Promise<void> {
    const { stream } = this.#session
    this.#signal.removeEventListener('abort', this.#abort)
    if (this.isBusy() && !stream.destroyed) await Promise.all([this.stop(), this.hearOut()]).catch(() => {})
    if (this.isBusy()) stream.destroy()
    else stream.end(terminate)
  }

  async #stop(): Promise<void> {
    const { stream } = this.#session
    const late = setTimeout(() => stream.destroy(), stoppingMs)
    for (let tries = 0; tries < 3 && this.isBusy() && !stream.destroyed; tries++) {
      await requestCancel(this.#target, this.#session).catch(() => {})
      for (let waited = 0; waited < againMs && this.isBusy() && !stream.destroyed; waited += 10) await sleep(10)
    }
    clearTimeout(late)
    if (this.isBusy()) stream.destroy()
  }

  /** Listens to nothing until the server is done. */
  async hearOut(): Promise<void> {
    while (this.isBusy()) await this.hear(deaf)
  }
}

const deaf: Listener = { row() {}, longRow: () => () => {}, message() {} }
