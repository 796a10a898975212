import { http } from '#lib/api/http'
import { purgeConnection } from '#lib/connections/operations'

export const DELETE = http(purgeConnection)
