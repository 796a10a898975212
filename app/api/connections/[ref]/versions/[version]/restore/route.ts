import { http } from '#lib/api/http'
import { restoreConnectionVersion } from '#lib/connections/version-operations'

export const POST = http(restoreConnectionVersion)
