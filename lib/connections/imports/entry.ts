/** One connection as a file of another program describes it. */
export interface ForeignEntry {
  /** What it is called there, in the words of that file. */
  label: string
  /** What it shall be called here; made into an id where it is none. */
  name: string
  /** A text as somebody would paste it into the form; its connector is found by reading it. */
  paste: string
  environment?: 'dev' | 'staging' | 'prod' | undefined
  tags?: string[]
  description?: string | undefined
  notes?: string[]
}

/** The form in which an Airflow connection is pasted; other programs' fields fit into it as well. */
export const pasteOf = (connection: {
  conn_type: string
  host?: unknown
  port?: unknown
  login?: unknown
  password?: unknown
  schema?: unknown
  extra?: unknown
}): string => JSON.stringify(connection)

/** `production`, `prd` and `live` are prod. */
export const environmentOf = (text: unknown): ForeignEntry['environment'] => {
  const word = String(text ?? '').toLowerCase()
  if (/^(?:prod|production|prd|live)$/.test(word)) return 'prod'
  if (/^(?:staging|stage|stg|test|qa|uat)$/.test(word)) return 'staging'
  return /^(?:dev|development|local)$/.test(word) ? 'dev' : undefined
}

export const objectOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
