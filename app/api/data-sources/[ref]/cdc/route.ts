import { http } from '#lib/api/http'
import { listReplications } from '#lib/replications/operations'

export const GET = http(listReplications)
