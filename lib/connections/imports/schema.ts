import * as z from 'zod'

export const importFormats = ['jackfield', 'airflow', 'dbeaver', 'dbt', 'pg_service', 'pgpass', 'csv', 'env'] as const
export type ImportFormat = (typeof importFormats)[number]

const source = {
  /** The file's text; at most 1 MiB. It may hold passwords: they are sealed with the connections they belong to. */
  text: z.string().min(1, 'Choose a file, or paste its text.').max(1_048_576, 'Use at most 1 MiB.'),
  format: z.enum(['auto', ...importFormats]).default('auto'),
  /** Secrets the file does not hold, by the connection's id and the field: `{"prod-postgres": {"password": "…"}}`. */
  secrets: z.record(z.string().max(64), z.record(z.string().max(64), z.string().max(65_536))).default({}),
}

export const planImportInput = z.strictObject(source)

export const importActions = ['create', 'update', 'unchanged', 'duplicate', 'invalid'] as const

export const plannedImport = z.object({
  /** What it is called in the file. */
  label: z.string(),
  conn_id: z.string().nullable(),
  name: z.string().nullable(),
  type: z.string().nullable(),
  summary: z.string().nullable(),
  action: z.enum(importActions),
  /** Of an update: what would change, with public values before and after. */
  changes: z.array(z.object({ field: z.string(), before: z.json().optional(), after: z.json().optional() })),
  /** A connection that already goes to the same place with the same login. */
  duplicate_of: z.string().nullable(),
  /** Secrets to be entered; without them it is made and cannot log in yet. */
  needs: z.array(z.string()),
  problems: z.array(z.object({ pointer: z.string(), message: z.string() })),
  notes: z.array(z.string()),
})
export type PlannedImport = z.output<typeof plannedImport>

export const importPlan = z.object({ format: z.enum(importFormats), items: z.array(plannedImport) })

export const runImportInput = z.strictObject({
  ...source,
  /** Ids to import; all that are new or changed unless given. Duplicates only where they are named here. */
  only: z.array(z.string().max(64)).max(500).optional(),
})

export const importedLine = z.object({
  label: z.string(),
  conn_id: z.string().nullable(),
  result: z.enum(['created', 'updated', 'unchanged', 'skipped', 'failed']),
  /** Why it was skipped or failed. */
  message: z.string().nullable(),
})
export type ImportedLine = z.output<typeof importedLine>

export const importReport = z.object({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  skipped: z.int(),
  failed: z.int(),
})
