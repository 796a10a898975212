import { http } from '#lib/api/http'
import { undoReplicationStep } from '#lib/replications/operations'

export const POST = http(undoReplicationStep)
