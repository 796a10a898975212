import { http } from '#lib/api/http'
import { createConnection, listConnections } from '#lib/connections/operations'

export const GET = http(listConnections)
export const POST = http(createConnection, { status: 201 })
