import { http } from '#lib/api/http'
import { acknowledgeAlert } from '#lib/audit/operations'

export const POST = http(acknowledgeAlert)
