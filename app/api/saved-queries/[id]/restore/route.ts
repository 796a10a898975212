import { http } from '#lib/api/http'
import { restoreSaved } from '#lib/saved-queries/operations'

export const POST = http(restoreSaved)
