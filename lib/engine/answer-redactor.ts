import { redactText, spellingsOf } from '#lib/core/redact'
import type { PreparedRun } from './dispatch.ts'

/** Shorter values are likely to be ordinary words of a message. */
const shortest = 6

/**
 * Takes the job's secrets out of what a test says: a hostile server may repeat a password it was given in its error
 * message, and test results are stored and shown. Words that also stand in the settings say nothing and stay.
 */
export const createAnswerRedactor = ({ secrets, start }: PreparedRun): ((value: unknown) => unknown) => {
  const isSecret = new Set(secrets)
  const shown = [start.connector, ...Object.values(start.config), ...Object.values(start.credential ?? {})]
    .map(String)
    .filter((text) => !isSecret.has(text))
    .join('\n')
  const spellings = secrets
    .filter((secret) => secret.length >= shortest && !shown.includes(secret))
    .flatMap((secret) => spellingsOf(secret))
  if (spellings.length === 0) return (value) => value
  return (value) => mapStrings(value, (text) => redactText(text, spellings))
}

const mapStrings = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]))
}
