import { http } from '#lib/api/http'
import { resolveConnection } from '#lib/connections/resolve-operations'

export const POST = http(resolveConnection)
