import { http } from '#lib/api/http'
import { restoreConnection } from '#lib/connections/operations'

export const POST = http(restoreConnection)
