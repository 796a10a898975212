import { redactText, spellingsOf } from '#lib/core/redact'

const shortest = 3

/** Replaces every value of the job, in the forms it is likely to be printed in, before the text is cut or logged. */
export const createRedactor = (credential: Record<string, unknown> | null): ((text: string) => string) => {
  const spellings = Object.entries(credential ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' && !publicFields.has(name) ? spellingsOf(value, shortest) : [],
  )
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length)
  return (text) => redactText(text, longestFirst)
}

const publicFields = new Set(['kind', 'username', 'engine', 'host', 'database'])
