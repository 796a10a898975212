import { http } from '#lib/api/http'
import { listUsedBy } from '#lib/credentials/operations'

export const GET = http(listUsedBy)
