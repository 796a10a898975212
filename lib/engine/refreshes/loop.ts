import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Jobs } from '#lib/db/jobs'
import { claimRefresh, endForgotten, openQueue, sendAgain, sendQueued } from '../refresh-store.ts'
import type { RunContext } from '../run.ts'
import { forgetOld, queueDue } from '../schedule-store.ts'
import { runRefresh } from './run.ts'
import { nextTime } from './schedule.ts'

/** How often an engine looks whether somebody wants a refresh. */
const tickMs = 500
/** How often schedules and refreshes that were given up are looked for. */
const seldomMs = 5_000
/** Refreshes leave the other runners to people who wait. */
const concurrency = 2

export interface Refreshes {
  stop(): Promise<void>
}

/** Reads data sources again, together with all other engines: a connection by one of them at a time. */
export const startRefreshes = (context: RunContext): Refreshes => {
  const abort = new AbortController()
  const { signal } = abort
  const running = work(context, signal)
  return {
    async stop() {
      abort.abort()
      await running
    },
  }
}

/** A database that is away is only waited for. */
const work = async (context: RunContext, signal: AbortSignal): Promise<void> => {
  let jobs: Jobs | undefined
  const seldom = every(seldomMs)
  const hourly = every(3_600_000)
  while (!signal.aborted) {
    try {
      jobs ??= await startWork(context, signal)
      const { send } = jobs
      await sendQueued((tx, { id, connectionId }) => send(tx, { id, key: connectionId }))
      await seldom.run(async () => {
        await endForgotten()
        await queueDue(nextTime)
      })
      await hourly.run(async () => {
        while (!signal.aborted && (await forgetOld()));
      })
    } catch (error) {
      if (!signal.aborted) context.log.warn({ err: error }, 'refreshes could not go on; it is tried again')
    }
    await sleep(tickMs, undefined, { signal }).catch(() => undefined)
  }
  await jobs?.stop()
}

/** Runs work when it is called, but not more often than so. */
const every = (ms: number) => {
  let last = Number.NEGATIVE_INFINITY
  return {
    async run(work: () => Promise<void>): Promise<void> {
      const now = performance.now()
      if (now - last < ms) return
      last = now
      await work()
    },
  }
}

const startWork = async (context: RunContext, signal: AbortSignal): Promise<Jobs> => {
  const jobs = await openQueue(context.log)
  await jobs.work(async (id, lost) => {
    const refresh = await claimRefresh(id, randomUUID())
    if (refresh) await runRefresh(refresh, context, AbortSignal.any([signal, lost]))
    else await sendAgain(id)
  }, concurrency)
  return jobs
}
