import { http } from '#lib/api/http'
import { compareSources } from '#lib/data-sources/change-operations'

export const GET = http(compareSources)
