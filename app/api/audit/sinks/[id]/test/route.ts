import { http } from '#lib/api/http'
import { testAuditSink } from '#lib/audit/operations'

export const POST = http(testAuditSink)
