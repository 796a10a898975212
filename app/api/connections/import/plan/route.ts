import { http } from '#lib/api/http'
import { planImport } from '#lib/connections/import-operations'

export const POST = http(planImport, { body: 'file' })
