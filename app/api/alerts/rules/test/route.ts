import { http } from '#lib/api/http'
import { testAlert } from '#lib/audit/operations'

export const POST = http(testAlert)
