import { http } from '#lib/api/http'
import { revokeApiKey } from '#lib/auth/operations'

export const DELETE = http(revokeApiKey)
