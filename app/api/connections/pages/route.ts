import { http } from '#lib/api/http'
import { previewDraftPages } from '#lib/connections/pages-operations'

export const POST = http(previewDraftPages)
