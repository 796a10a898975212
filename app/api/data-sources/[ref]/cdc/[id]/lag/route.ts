import { http } from '#lib/api/http'
import { listReplicationLag } from '#lib/replications/operations'

export const GET = http(listReplicationLag)
