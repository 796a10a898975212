import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { domainToASCII } from 'node:url'
import type { SshSession } from '#lib/connectors/_ssh/session'
import { type Limits, type Net, NetError } from '#lib/connectors/contract'
import { within } from '#lib/core/within'
import type { Gate } from '../gate.ts'

interface FarSide {
  /** The SSH server as it was entered. */
  host: string
  /** It is this very machine: then its network is ours, and our rules hold. */
  isHere: boolean
  gate: Gate
  limits: Limits
  socket: Duplex
}

/**
 * The network as the SSH server sees it. It resolves names itself, so only what a name or an address says on its face can
 * be judged here: metadata services, excluded hosts and our own services are refused in every spelling.
 */
export const netThrough = (session: SshSession, { host: through, isHere, gate, limits, socket }: FarSide): Net => {
  const resolve: Net['resolve'] = async (host) => {
    const address = plainHost(host)
    requireAllowed(gate.refuseBeyond(address, undefined, isHere))
    return [{ address, family: isIP(address) === 6 ? 6 : 4 }]
  }
  const connect: Net['connect'] = async ([first], port, attempt = () => {}) => {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new NetError('EPOLICY', 'This is not a port.')
    const address = first?.address ?? ''
    requireAllowed(gate.refuseBeyond(address, port, isHere))
    const began = performance.now()
    const report = (error?: string) =>
      attempt({ address, duration_ms: Math.round(performance.now() - began), ...(error !== undefined && { error }) })
    try {
      const late = new NetError('ETIMEDOUT', 'No answer.')
      const lateness = { ms: limits.connect_ms, late, end: () => socket.destroy() }
      const stream = await within(session.forward(address, port), lateness)
      report()
      return stream
    } catch (error) {
      report(String(Object(error).code ?? 'failed'))
      throw error
    }
  }
  return { through, resolve, connect, dial: async (host, port) => connect(await resolve(host), port) }
}

const requireAllowed = (refusal: string | undefined): void => {
  if (refusal !== undefined) throw new NetError('EPOLICY', refusal)
}

// The spelling that is judged is the one that is sent: `2130706433` has become `127.0.0.1` by then.
const plainHost = (host: string): string => {
  const name = isIP(host) === 0 ? domainToASCII(host) : host
  if (name === '') throw new NetError('ENOTFOUND', 'This is not a host.')
  return name
}
