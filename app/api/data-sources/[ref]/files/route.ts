import { http } from '#lib/api/http'
import { listFiles } from '#lib/data-sources/files-operations'

export const GET = http(listFiles)
