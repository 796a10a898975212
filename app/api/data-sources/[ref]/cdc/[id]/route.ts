import { http } from '#lib/api/http'
import { forgetReplication } from '#lib/replications/operations'

export const DELETE = http(forgetReplication)
