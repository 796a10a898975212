import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

// Drivers for the engine's tests, run by real runners: the connection's database says how the target behaves.
interface Target {
  config: { host: string; port: number; database: string }
  credential: { password?: string; extra?: string; username?: string } | undefined
  net: { dial(host: string, port: number): Promise<NodeJS.WritableStream> }
  signal: AbortSignal
}

const stage = (name: string, evidence: object = {}) => ({ name, status: 'passed', duration_ms: 1, evidence })
const outcome = (success: boolean, message: string, server: object | null = null) => ({
  success,
  message,
  driver: 'test',
  server,
  cause: success ? null : { code: 'x', stage: 'authenticate', field: null, sentence: message, fix: null },
  latency_ms: 1,
})
const digest = (text: string | undefined) =>
  text === undefined ? null : createHash('sha256').update(text).digest('hex')

const behaviours: Record<string, (target: Target) => AsyncGenerator<unknown, unknown>> = {
  /** Says which secret arrived, without saying it. */
  async *ok({ credential }) {
    yield { name: 'dns', status: 'running' }
    yield stage('dns')
    const { username, password, extra } = credential ?? {}
    return outcome(true, 'fine', { username: username ?? null, password: digest(password), extra: digest(extra) })
  },
  /** Sends the password to the configured host, as a driver does. */
  async *send({ config, credential, net }) {
    yield stage('dns')
    const socket = await net.dial(config.host, config.port)
    socket.write(credential?.password ?? 'none')
    await sleep(50)
    socket.end()
    return outcome(true, 'sent')
  },
  /** A hostile server repeats the password in its error message. */
  async *leak({ credential }) {
    yield stage('authenticate', { message: `bad password ${credential?.password}` })
    return outcome(false, `role or password "${credential?.password}" is wrong`)
  },
  async *slow({ signal }) {
    yield stage('dns', { pid: process.pid })
    await sleep(600_000, undefined, { signal })
    return outcome(true, 'late')
  },
  async *edited() {
    yield stage('dns')
    await sleep(700)
    return outcome(true, 'of what was saved when it began')
  },
}

export const drivers = {
  postgres: async () => ({
    driver: {
      async *test(target: Target) {
        return yield* (behaviours[target.config.database] ?? behaviours.ok)?.(target) ?? []
      },
      async *discover({ signal }: Target) {
        for (let n = 0; n < 400; n++) {
          signal.throwIfAborted()
          yield Buffer.from(`${JSON.stringify({ n, at: Date.now(), filler: 'x'.repeat(65_536) })}\n`)
        }
      },
    },
  }),
}
