import { http } from '#lib/api/http'
import { removeSink, updateAuditSink } from '#lib/audit/operations'

export const PATCH = http(updateAuditSink)
export const DELETE = http(removeSink)
