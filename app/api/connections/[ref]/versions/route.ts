import { http } from '#lib/api/http'
import { listConnectionVersions } from '#lib/connections/version-operations'

export const GET = http(listConnectionVersions)
