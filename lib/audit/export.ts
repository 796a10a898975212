import { csvLine } from '#lib/format/csv'
import type { AuditEventView } from './schema.ts'

/** Rows read at a time: an export of any length holds no more than these. */
export const batchSize = 500

const columns: readonly (readonly [string, (event: AuditEventView) => string | number | null | undefined])[] = [
  ['id', ({ id }) => id],
  ['at', ({ at }) => at],
  ['event', ({ event }) => event],
  ['sentence', ({ sentence }) => sentence],
  ['outcome', ({ outcome }) => outcome],
  ['actor_kind', ({ actor }) => actor.kind],
  ['actor_id', ({ actor }) => actor.id],
  ['actor_name', ({ actor }) => actor.name],
  ['ip', ({ ip }) => ip],
  ['user_agent', ({ user_agent }) => user_agent],
  ['target_type', ({ target }) => target?.type],
  ['target_id', ({ target }) => target?.id],
  ['target_name', ({ target }) => target?.name],
  ['request_id', ({ request_id }) => request_id],
  ['details', ({ details }) => details && JSON.stringify(details)],
  ['seq', ({ seq }) => seq],
]

interface ExportFormat {
  head: string
  line(event: AuditEventView): string
}

export const exportFormats: Record<'csv' | 'ndjson', ExportFormat> = {
  csv: {
    head: csvLine(columns.map(([name]) => name)),
    line: (event) => csvLine(columns.map(([, read]) => read(event))),
  },
  ndjson: { head: '', line: (event) => `${JSON.stringify(event)}\n` },
}
