import { http } from '#lib/api/http'
import { cancelRefresh, getRefresh } from '#lib/data-sources/refresh-operations'

export const GET = http(getRefresh)
export const DELETE = http(cancelRefresh)
