import { http } from '#lib/api/http'
import { previewFile } from '#lib/data-sources/files-operations'

export const GET = http(previewFile)
