import { type DestinationStream, type Logger, pino } from 'pino'
import { redactByKey, redactText, spellingsOf } from './redact.ts'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

export interface LogOptions {
  level?: string
  destination?: DestinationStream
}

/** How long a value stays hidden after its last use: lines about a job may come after the job. */
const lingerMs = 60_000
const hidden = new Map<string, { spellings: string[]; uses: number }>()

/** Structured lines on stdout, one JSON object each; secrets are hidden by key and, while in use, by value. */
export const createLog = (component: string, { level = 'info', destination }: LogOptions = {}): Log => {
  const options = {
    level,
    base: { component },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: redactByKey, error: redactByKey },
    formatters: { level: (label: string) => ({ level: label }), log: (line: object) => redactLine(line) },
    hooks: { streamWrite: (line: string) => escapeControls(hideValues(line)) },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** Keeps values out of every log line from now until a minute after the answer is called. */
export const withhold = (values: readonly string[]): (() => void) => {
  for (const value of values) {
    const known = hidden.get(value)
    if (known) known.uses += 1
    else hidden.set(value, { spellings: spellingsOf(value), uses: 1 })
  }
  return () => {
    setTimeout(() => values.forEach(release), lingerMs).unref()
  }
}

/** The text without any value in use. */
export const hideValues = (text: string): string => {
  let line = text
  for (const { spellings } of hidden.values()) line = redactText(line, spellings)
  return line
}

// JSON leaves these as they are, and a terminal obeys some and shows others as a new line (AUDIT-7).
const controls = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

const escapeControls = (line: string): string =>
  line.replace(controls, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

const release = (value: string): void => {
  const known = hidden.get(value)
  if (!known) return
  known.uses -= 1
  if (known.uses <= 0) hidden.delete(value)
}

const redactLine = (line: object): Record<string, unknown> => {
  const clean = redactByKey(line)
  return typeof clean === 'object' && clean !== null ? { ...clean } : {}
}
