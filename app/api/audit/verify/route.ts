import { http } from '#lib/api/http'
import { verifyAudit } from '#lib/audit/operations'

export const GET = http(verifyAudit)
