import { http } from '#lib/api/http'
import { exportAudit } from '#lib/audit/operations'

export const GET = http(exportAudit, { file: { name: 'audit', formats: ['ndjson', 'csv'] } })
