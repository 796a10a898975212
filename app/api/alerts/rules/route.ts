import { http } from '#lib/api/http'
import { getAlertRules, updateAlertRules } from '#lib/audit/operations'

export const GET = http(getAlertRules)
export const PATCH = http(updateAlertRules)
