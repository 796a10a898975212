import { http } from '#lib/api/http'
import { searchSource } from '#lib/data-sources/search-operations'

export const GET = http(searchSource)
