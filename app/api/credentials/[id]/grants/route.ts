import { http } from '#lib/api/http'
import { credentialAccess } from '#lib/members/grants'

export const GET = http(credentialAccess.get)
export const PUT = http(credentialAccess.put)
export const DELETE = http(credentialAccess.clear)
