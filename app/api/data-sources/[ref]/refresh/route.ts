import { http } from '#lib/api/http'
import { requestRefresh } from '#lib/data-sources/refresh-operations'

export const POST = http(requestRefresh, { status: 202 })
