import { http } from '#lib/api/http'
import { getObject } from '#lib/data-sources/object-operations'

export const GET = http(getObject)
