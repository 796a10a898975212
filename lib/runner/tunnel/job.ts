import { tunnelOf } from '#lib/connectors/_tunnel/fields'
import { AppError } from '#lib/core/errors'
import { createGate } from '../gate.ts'
import type { AnyDriver, EgressPolicy, RunnerTarget } from '../protocol.ts'
import { causeOf, outcomeOf, TunnelFailure } from './failure.ts'
import type { TunnelWay } from './open.ts'

/** The tunnel a job goes through, if its settings name one. */
export const wayOf = (
  { config, credential, net, limits }: RunnerTarget,
  policy: EgressPolicy,
): TunnelWay | undefined => {
  const tunnel = tunnelOf(config)
  return tunnel && { tunnel, credential, net, gate: createGate(policy), limits }
}

/** A driver's test behind the stages of the tunnel; one that fails there ends there, explained like any other. */
export async function* testThrough(
  driver: AnyDriver,
  target: RunnerTarget,
  way: TunnelWay,
): AsyncGenerator<unknown, unknown> {
  try {
    const { openTunnel } = await import('./open.ts')
    return yield* driver.test({ ...target, net: yield* openTunnel(way) })
  } catch (error) {
    if (error instanceof TunnelFailure) return outcomeOf(error, way.tunnel)
    throw error
  }
}

/** The same target seen through the tunnel, for work that shows no stages. */
export const throughTunnel = async (target: RunnerTarget, way: TunnelWay): Promise<RunnerTarget> => {
  try {
    // Loaded with the first tunnel: most jobs need none.
    const { openTunnel } = await import('./open.ts')
    const stages = openTunnel(way)
    for (;;) {
      const next = await stages.next()
      if (next.done) return { ...target, net: next.value }
    }
  } catch (error) {
    if (error instanceof TunnelFailure) throw new AppError('upstream_failed', causeOf(error, way.tunnel).sentence)
    throw error
  }
}
