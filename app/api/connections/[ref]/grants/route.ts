import { http } from '#lib/api/http'
import { connectionAccess } from '#lib/members/grant-operations'

export const GET = http(connectionAccess.get)
export const PUT = http(connectionAccess.put)
export const DELETE = http(connectionAccess.clear)
