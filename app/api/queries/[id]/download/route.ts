import { http } from '#lib/api/http'
import { downloadExport } from '#lib/queries/export-operations'

export const GET = http(downloadExport, { download: ['csv', 'ndjson', 'json', 'parquet'] })
