import { http } from '#lib/api/http'
import { listSchemaChanges } from '#lib/data-sources/change-operations'

export const GET = http(listSchemaChanges)
