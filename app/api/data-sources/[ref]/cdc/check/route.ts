import { http } from '#lib/api/http'
import { checkReplication } from '#lib/replications/operations'

export const POST = http(checkReplication)
