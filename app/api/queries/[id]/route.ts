import { http } from '#lib/api/http'
import { cancelQuery, getQuery } from '#lib/queries/operations'

export const GET = http(getQuery)
export const DELETE = http(cancelQuery)
