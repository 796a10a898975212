import type { Duplex } from 'node:stream'
import type { ConnectAttempt, Net, TestStage } from '../contract.ts'
import type { RunStage } from './stages.ts'

export interface Reached {
  socket: Duplex
  /** One more socket to the same addresses, which were looked up and checked once. */
  again(): Promise<Duplex>
}

/** The stages `dns` and `tcp`: looks the host up once and opens a socket to the first address that answers. */
export async function* reach(
  stage: RunStage,
  net: Net,
  { host, port }: { host: string; port: number },
): AsyncGenerator<TestStage, Reached> {
  const addresses = yield* stage('dns', async () => {
    const found = await net.resolve(host)
    const list = found.map(({ address }) => address)
    if (net.through !== undefined)
      return { value: found, status: 'skipped', sentence: `${net.through} looks ${host} up.` }
    return {
      value: found,
      sentence:
        list.length === 1 && list[0] === host ? 'An address, no name to look up.' : `${host} is ${list.join(', ')}.`,
      evidence: { addresses: list },
    }
  })
  const socket = yield* stage('tcp', async () => {
    const attempts: ConnectAttempt[] = []
    const opened = await net.connect(addresses, port, (attempt) => attempts.push(attempt))
    const reached = attempts.find(({ error }) => error === undefined)?.address ?? ''
    return {
      value: opened,
      sentence: `${reached} answers on port ${port}.`,
      evidence: { address: reached, port, attempts: attempts.map((attempt) => ({ ...attempt })) },
    }
  })
  return { socket, again: () => net.connect(addresses, port) }
}
