import { http } from '#lib/api/http'
import { getRelation } from '#lib/data-sources/operations'

export const GET = http(getRelation)
