import { http } from '#lib/api/http'
import { deleteConnections } from '#lib/connections/bulk-operations'

export const POST = http(deleteConnections)
