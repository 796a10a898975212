import { http } from '#lib/api/http'
import { previewPages } from '#lib/connections/pages-operations'

export const POST = http(previewPages)
