import { http } from '#lib/api/http'
import { deleteSaved, getSaved, updateSaved } from '#lib/saved-queries/operations'

export const GET = http(getSaved)
export const PATCH = http(updateSaved, { body: 'definition' })
export const DELETE = http(deleteSaved)
