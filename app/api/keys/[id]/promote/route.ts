import { http } from '#lib/api/http'
import { promoteKey } from '#lib/keys/operations'

export const POST = http(promoteKey)
