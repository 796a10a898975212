import { http } from '#lib/api/http'
import { listFacets } from '#lib/connections/list-operations'

export const GET = http(listFacets)
