import { http } from '#lib/api/http'
import { listTests } from '#lib/connections/operations'

export const GET = http(listTests)
