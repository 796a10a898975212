import { http } from '#lib/api/http'
import { getFootprint } from '#lib/members/operations'

export const GET = http(getFootprint)
