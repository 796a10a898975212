import { http } from '#lib/api/http'
import { tagConnections } from '#lib/connections/bulk-operations'

export const POST = http(tagConnections)
