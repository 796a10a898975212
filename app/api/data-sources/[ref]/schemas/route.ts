import { http } from '#lib/api/http'
import { listSchemas } from '#lib/data-sources/operations'

export const GET = http(listSchemas)
