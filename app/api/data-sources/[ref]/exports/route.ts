import { http } from '#lib/api/http'
import { createExport } from '#lib/queries/export-operations'

export const POST = http(createExport, { body: 'definition' })
