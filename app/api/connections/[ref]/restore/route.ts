import { http } from '#lib/api/http'
import { restoreConnection } from '#lib/connections/removal-operations'

export const POST = http(restoreConnection)
