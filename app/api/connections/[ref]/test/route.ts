import { http } from '#lib/api/http'
import { testConnection } from '#lib/connections/operations'

export const POST = http(testConnection)
