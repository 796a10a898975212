import { http } from '#lib/api/http'
import { moveConnections } from '#lib/connections/bulk-operations'

export const POST = http(moveConnections)
