import { Cron } from 'croner'
import type { RefreshSchedule } from '#lib/data-sources/configuration'

const minuteMs = 60_000

/** When a schedule comes round next; a little later than it says, so that many of one hour do not all begin at once. */
export const nextTime = (schedule: RefreshSchedule, now = Date.now(), random = Math.random): number | undefined => {
  if (schedule.kind === 'off') return undefined
  if (schedule.kind === 'interval') {
    const length = schedule.minutes * minuteMs
    return now + length + random() * Math.min(length / 10, 5 * minuteMs)
  }
  const cron = new Cron(schedule.expression, { paused: true, mode: '5-part', timezone: schedule.timezone })
  const next = cron.nextRun(new Date(now))
  return next ? next.getTime() + random() * minuteMs : undefined
}
