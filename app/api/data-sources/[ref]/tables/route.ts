import { http } from '#lib/api/http'
import { listRelations } from '#lib/data-sources/operations'

export const GET = http(listRelations)
