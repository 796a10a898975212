import { http } from '#lib/api/http'
import { runImport } from '#lib/connections/import-operations'

export const POST = http(runImport, { body: 'file' })
