import { http } from '#lib/api/http'
import { listUsedBy } from '#lib/connections/used-by-operations'

export const GET = http(listUsedBy)
