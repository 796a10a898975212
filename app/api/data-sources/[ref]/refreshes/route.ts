import { http } from '#lib/api/http'
import { listRefreshes } from '#lib/data-sources/refresh-operations'

export const GET = http(listRefreshes)
