import { http } from '#lib/api/http'
import { purgeConnection } from '#lib/connections/removal-operations'

export const DELETE = http(purgeConnection)
