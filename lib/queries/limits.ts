import type { QueryRequest } from '#lib/connectors/contract'
import { largestCost, productionCost } from '#lib/data-sources/cost'
import type { Queried } from '#lib/data-sources/querying'

/** What one statement may take: what its data source allows, and less where less is asked for. */
export const limitsOf = ({ settings }: Queried, row_limit?: number): QueryRequest['limits'] => {
  const { rows, bytes, cell_bytes, columns, timeout_seconds } = settings.limits
  return { rows: Math.min(row_limit ?? rows, rows), bytes, cell_bytes, columns, timeout_ms: timeout_seconds * 1_000 }
}

const megabyte = 1024 * 1024

/** Of an export: everything, as long as it takes within the time that its data source gives it. */
export const exportLimitsOf = ({ settings }: Queried): QueryRequest['limits'] => ({
  ...{ rows: 1_000_000_000, bytes: 64 * 1024 * megabyte, cell_bytes: 16 * megabyte, columns: 10_000 },
  timeout_ms: settings.limits.export_timeout_seconds * 1_000,
})

/** Beyond which expected cost it is not run; a limit as large as can be set is none. */
export const costOf = ({ settings, environment }: Queried): { max_cost?: number } => {
  const max_cost = settings.max_cost ?? (environment === 'prod' ? productionCost : null)
  return max_cost === null || max_cost >= largestCost ? {} : { max_cost }
}
