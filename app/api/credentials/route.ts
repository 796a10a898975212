import { http } from '#lib/api/http'
import { createCredential, listCredentials } from '#lib/credentials/operations'

export const GET = http(listCredentials)
export const POST = http(createCredential, { status: 201 })
