import { http } from '#lib/api/http'
import { duplicateConnection } from '#lib/connections/operations'

export const POST = http(duplicateConnection, { status: 201 })
