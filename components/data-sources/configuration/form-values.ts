import type { SourceSettings } from '#lib/data-sources/configuration'
import { formatNumber } from '#lib/format/number'

const megabyte = 1024 * 1024

/** What stands in the fields of the form: all but the switch as text, so that nothing typed is lost. */
export interface FormValues {
  kind: string
  minutes: string
  expression: string
  timezone: string
  include: string
  exclude: string
  retention_days: string
  rows: string
  megabytes: string
  cell_kilobytes: string
  columns: string
  timeout_seconds: string
  export_timeout_seconds: string
  max_cost: string
  writes: boolean
}

export const valuesOf = ({ schedule, limits, ...settings }: SourceSettings): FormValues => ({
  kind: schedule.kind,
  minutes: shown(schedule.kind === 'interval' ? schedule.minutes : 60),
  expression: schedule.kind === 'cron' ? schedule.expression : '0 6 * * 1-5',
  timezone: schedule.kind === 'cron' ? schedule.timezone : 'UTC',
  include: settings.include.join('\n'),
  exclude: settings.exclude.join('\n'),
  retention_days: shown(settings.retention_days),
  rows: shown(limits.rows),
  megabytes: shown(limits.bytes / megabyte),
  cell_kilobytes: shown(limits.cell_bytes / 1024),
  columns: shown(limits.columns),
  timeout_seconds: shown(limits.timeout_seconds),
  export_timeout_seconds: shown(limits.export_timeout_seconds),
  max_cost: settings.max_cost === null ? '' : shown(settings.max_cost),
  writes: settings.writes,
})

// A fraction stands as it is: rounded, another number would be sent.
const shown = (value: number): string => (Number.isInteger(value) ? formatNumber(value) : String(value))

/** The body that the API takes. What is no number is sent as it was typed, so that the server names its field. */
export const settingsOf = (values: FormValues) => ({
  schedule: scheduleOf(values),
  include: linesOf(values.include),
  exclude: linesOf(values.exclude),
  retention_days: numberOf(values.retention_days),
  limits: {
    rows: numberOf(values.rows),
    bytes: timesOf(values.megabytes, megabyte),
    cell_bytes: timesOf(values.cell_kilobytes, 1024),
    columns: numberOf(values.columns),
    timeout_seconds: numberOf(values.timeout_seconds),
    export_timeout_seconds: numberOf(values.export_timeout_seconds),
  },
  max_cost: values.max_cost.trim() === '' ? null : numberOf(values.max_cost),
  writes: values.writes,
})

const scheduleOf = ({ kind, minutes, expression, timezone }: FormValues) => {
  if (kind === 'interval') return { kind, minutes: numberOf(minutes) }
  return kind === 'cron' ? { kind, expression, timezone } : { kind: 'off' }
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** `10,000` and `10 000` are numbers to people. */
const numberOf = (text: string): number | string => {
  const plain = text.replace(/[\s,]/g, '')
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : text
}

const timesOf = (text: string, unit: number): number | string => {
  const value = numberOf(text)
  return typeof value === 'number' ? Math.round(value * unit) : value
}
