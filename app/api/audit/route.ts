import { http } from '#lib/api/http'
import { listAudit } from '#lib/audit/operations'

export const GET = http(listAudit)
