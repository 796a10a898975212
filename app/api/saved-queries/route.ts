import { http } from '#lib/api/http'
import { createSaved, listSaved } from '#lib/saved-queries/operations'

export const GET = http(listSaved)
export const POST = http(createSaved, { status: 201, body: 'definition' })
