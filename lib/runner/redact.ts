import { secretMask } from '#lib/core/secret'

/** Replaces every value of the job, in the forms it is likely to be printed in, before the text is cut or logged. */
export const createRedactor = (credential: Record<string, unknown> | null): ((text: string) => string) => {
  const values = Object.entries(credential ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' && value.length > 0 && !publicFields.has(name) ? spellings(value) : [],
  )
  const longestFirst = [...new Set(values)].filter((value) => value.length >= 3).sort((a, b) => b.length - a.length)
  return (text) => longestFirst.reduce((line, value) => line.replaceAll(value, secretMask), text)
}

const publicFields = new Set(['kind', 'username', 'engine', 'host', 'database'])

const spellings = (value: string): string[] => [
  value,
  encodeURIComponent(value.toWellFormed()),
  JSON.stringify(value).slice(1, -1),
  Buffer.from(value).toString('base64').replace(/=+$/, ''),
  Buffer.from(value).toString('hex'),
]
