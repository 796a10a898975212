import { http } from '#lib/api/http'
import { listAlerts } from '#lib/audit/operations'

export const GET = http(listAlerts)
