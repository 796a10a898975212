import { http } from '#lib/api/http'
import { takeReplicationStep } from '#lib/replications/operations'

export const POST = http(takeReplicationStep)
