import { http } from '#lib/api/http'
import { listPipelines } from '#lib/pipelines/operations'

export const GET = http(listPipelines)
