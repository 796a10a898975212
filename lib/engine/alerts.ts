import { evaluateAlerts } from '#lib/audit/alert-store'
import type { Log } from '#lib/core/log'

const everyMs = 10_000

/** Looks at the rules in the background, one round at a time (AUDIT-9). */
export const startAlerts = (log: Log): { stop(): Promise<void> } => {
  let round: Promise<void> | undefined
  const look = async (): Promise<void> => {
    try {
      const raised = await evaluateAlerts()
      if (raised > 0) log.warn({ raised }, 'alerts were raised')
    } catch (error) {
      log.warn({ err: error }, 'the rules of alerts could not be looked at')
    }
  }
  const timer = setInterval(() => {
    round ??= look().finally(() => {
      round = undefined
    })
  }, everyMs).unref()
  return {
    async stop() {
      clearInterval(timer)
      await round
    },
  }
}
