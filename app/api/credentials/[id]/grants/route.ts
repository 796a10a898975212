import { http } from '#lib/api/http'
import { credentialAccess } from '#lib/members/grant-operations'

export const GET = http(credentialAccess.get)
export const PUT = http(credentialAccess.put)
export const DELETE = http(credentialAccess.clear)
