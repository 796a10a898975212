import { lookup } from 'node:dns/promises'
import { Socket } from 'node:net'
import { type ConnectAttempt, type Limits, type Net, NetError, type ResolvedAddress } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { createGate } from './gate.ts'
import type { EgressPolicy } from './protocol.ts'
import { abortError, guardSocket } from './socket.ts'

export interface NetOptions {
  policy: EgressPolicy
  limits: Limits
  signal: AbortSignal
  /** The system's resolver unless told otherwise. */
  resolver?: (host: string) => Promise<ResolvedAddress[]>
}

/** A head start before the next address is tried beside it. */
const headStartMs = 250

/** The network as one operation may see it: names resolved once, every address checked, the checked address dialled. */
export const createNet = (options: NetOptions): Net => {
  const { limits, signal, resolver = systemResolver } = options
  const gate = createGate(options.policy)
  const own = ownByName(options.policy, resolver)

  const resolve = async (host: string): Promise<ResolvedAddress[]> => {
    const found = await withDeadline(resolver(host), limits.connect_ms, signal).catch((error: unknown) => {
      throw resolveError(error, signal)
    })
    const refusals = found.map(({ address }) => gate.refuseAddress(address, host))
    const kept = found.filter((_, index) => refusals[index] === undefined)
    if (kept.length > 0) return kept.map((one) => ({ ...one, host }))
    throw refusals[0] === undefined
      ? new NetError('ENOTFOUND', 'The name has no address.')
      : new NetError('EPOLICY', refusals[0])
  }

  const connect: Net['connect'] = async (addresses, port, attempt = () => {}) => {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new NetError('EPOLICY', 'This is not a port.')
    const ownAddresses = await own(port)
    for (const one of addresses) {
      const refusal = ownAddresses.has(one.address)
        ? 'This is one of Jackfield’s own services.'
        : gate.refuse(one.address, port, hostOf(one))
      if (refusal !== undefined) throw new NetError('EPOLICY', refusal)
    }
    return race(addresses, port, { limits, signal, attempt })
  }

  return { resolve, connect, dial: async (host, port) => connect(await resolve(host), port) }
}

// Kept beside the address so that a rule by name still holds when only addresses are passed on.
const hostOf = (address: ResolvedAddress & { host?: string }): string | undefined => address.host

interface RaceContext {
  limits: Limits
  signal: AbortSignal
  attempt: (attempt: ConnectAttempt) => void
}

/** Happy eyeballs: each address gets a head start, then the next one is tried beside it; the first to answer wins. */
const race = (addresses: readonly ResolvedAddress[], port: number, context: RaceContext): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const { limits, signal, attempt } = context
    const waiting = [...addresses]
    const open = new Set<Socket>()
    const failures: NodeJS.ErrnoException[] = []
    let timer: NodeJS.Timeout | undefined
    const finish = (outcome: () => void) => {
      clearTimeout(timer)
      clearTimeout(deadline)
      signal.removeEventListener('abort', abort)
      waiting.length = 0
      outcome()
    }
    const fail = (error: Error) =>
      finish(() => {
        for (const socket of open) socket.destroy()
        reject(error)
      })
    const abort = () => fail(abortError(signal))
    const deadline = setTimeout(() => fail(new NetError('ETIMEDOUT', 'No answer.')), limits.connect_ms)
    const next = () => {
      clearTimeout(timer)
      const address = waiting.shift()
      if (!address) {
        if (open.size === 0) fail(connectError(failures))
        return
      }
      const started = performance.now()
      const report = (error?: string) =>
        attempt({ address: address.address, duration_ms: since(started), ...(error !== undefined && { error }) })
      const socket = guardSocket(new Socket(), { signal, bytes: limits.bytes })
      open.add(socket)
      socket.once('error', (error: NodeJS.ErrnoException) => {
        open.delete(socket)
        failures.push(error)
        report(error.code ?? 'failed')
        next()
      })
      socket.once('connect', () => {
        open.delete(socket)
        report()
        finish(() => {
          for (const other of open) other.destroy()
          socket.removeAllListeners('error')
          // Between here and the driver's own listener an error must not become an uncaught one.
          socket.on('error', () => {})
          socket.setNoDelay(true)
          resolve(socket)
        })
      })
      socket.connect({ host: address.address, port, family: address.family })
      if (waiting.length > 0) timer = setTimeout(next, headStartMs)
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    next()
  })

const systemResolver = async (host: string): Promise<ResolvedAddress[]> => {
  const found = await lookup(host, { all: true, order: 'verbatim' })
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}

/** Our own services given by name are refused at every address the name has. */
const ownByName = (policy: EgressPolicy, resolver: (host: string) => Promise<ResolvedAddress[]>) => {
  const entries = policy.own.flatMap((text) => {
    const match = /^([a-z][^:[\]]*):(\d+)$/i.exec(text)
    return match?.[1] !== undefined ? [{ host: match[1], port: Number(match[2]) }] : []
  })
  return async (port: number): Promise<Set<string>> => {
    const names = entries.filter((entry) => entry.port === port).map((entry) => entry.host)
    const found = await Promise.all(names.map((name) => resolver(name).catch(() => [])))
    return new Set(found.flat().map((one) => one.address))
  }
}

const withDeadline = <T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NetError('EAI_TIMEOUT', 'The name server did not answer.')), ms)
    const abort = () => reject(abortError(signal))
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    work.then(resolve, reject).finally(done)
  })

const resolveError = (error: unknown, signal: AbortSignal): Error => {
  if (error instanceof NetError) return error
  if (signal.aborted) return abortError(signal)
  const code = (error as NodeJS.ErrnoException).code ?? 'ENOTFOUND'
  return new NetError(code, 'The name could not be resolved.', { cause: error })
}

const connectError = (failures: readonly NodeJS.ErrnoException[]): Error => {
  const first = failures[0]
  if (first instanceof NetError) return first
  return first
    ? new NetError(first.code ?? 'ECONNREFUSED', 'No address answered.', { cause: first })
    : new AppError('internal', 'There was no address to connect to.')
}

const since = (started: number): number => Math.round((performance.now() - started) * 100) / 100
