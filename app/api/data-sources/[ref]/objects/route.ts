import { http } from '#lib/api/http'
import { listObjects } from '#lib/data-sources/object-operations'

export const GET = http(listObjects)
