import { http } from '#lib/api/http'
import { listIdentities } from '#lib/auth/identity-operations'

export const GET = http(listIdentities)
