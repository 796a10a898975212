import { http } from '#lib/api/http'
import { getConnection, replaceConnection, updateConnection } from '#lib/connections/operations'
import { deleteConnection } from '#lib/connections/removal-operations'

export const GET = http(getConnection)
export const PUT = http(replaceConnection)
export const PATCH = http(updateConnection)
export const DELETE = http(deleteConnection)
