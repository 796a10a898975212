import { http } from '#lib/api/http'
import { restoreConnections } from '#lib/connections/bulk-operations'

export const POST = http(restoreConnections)
