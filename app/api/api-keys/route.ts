import { http } from '#lib/api/http'
import { createApiKey, listApiKeys } from '#lib/auth/operations'

export const GET = http(listApiKeys)
export const POST = http(createApiKey, { status: 201 })
