import { http } from '#lib/api/http'
import { deleteConnection, getConnection, replaceConnection, updateConnection } from '#lib/connections/operations'

export const GET = http(getConnection)
export const PUT = http(replaceConnection)
export const PATCH = http(updateConnection)
export const DELETE = http(deleteConnection)
