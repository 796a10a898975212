const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const steps = [
  { below: minute, unit: second, name: 'second' },
  { below: hour, unit: minute, name: 'minute' },
  { below: day, unit: hour, name: 'hour' },
  { below: 30 * day, unit: day, name: 'day' },
  { below: 365 * day, unit: 30 * day, name: 'month' },
  { below: Number.POSITIVE_INFINITY, unit: 365 * day, name: 'year' },
] as const

const shortNames = { second: 's', minute: 'min', hour: 'h', day: 'd', month: 'mo', year: 'y' } as const

/** "just now", "3 min ago", "in 2 days": how long before or after `now` a moment is. */
export const relativeTime = (at: string | number | Date, now: number = Date.now()): string => {
  const distance = new Date(at).getTime() - now
  if (Number.isNaN(distance)) return ''
  const size = Math.abs(distance)
  if (size < 10 * second) return 'just now'
  const step = steps.find(({ below }) => size < below) ?? steps[5]
  const amount = Math.max(1, Math.floor(size / step.unit))
  const words =
    step.unit < day ? `${amount} ${shortNames[step.name]}` : `${amount} ${step.name}${amount === 1 ? '' : 's'}`
  return distance < 0 ? `${words} ago` : `in ${words}`
}

/** "21 Nov 2026, 10:04:12 GMT+1": the moment itself, in the reader's time zone unless one is given. */
export const exactTime = (at: string | number | Date, timeZone?: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    ...(timeZone && { timeZone }),
  }).format(new Date(at))

/** "0.8 ms", "42 ms", "1.4 s", "2 min 5 s": exact where it is short, round where it is long. */
export const formatDuration = (ms: number): string => {
  if (ms < 9.95) return `${trimZero(ms.toFixed(1))} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${trimZero((ms / second).toFixed(1))} s`
  const whole = Math.round(ms / second)
  const rest = whole % 60
  return `${Math.floor(whole / 60)} min${rest ? ` ${rest} s` : ''}`
}

const trimZero = (text: string): string => text.replace(/\.0$/, '')
