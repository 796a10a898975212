import { http } from '#lib/api/http'
import { addKey, listKeys } from '#lib/keys/operations'

export const GET = http(listKeys)
export const POST = http(addKey, { status: 201 })
