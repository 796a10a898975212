import { http } from '#lib/api/http'
import { listQueries } from '#lib/queries/operations'

export const GET = http(listQueries)
