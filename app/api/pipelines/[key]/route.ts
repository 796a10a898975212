import { http } from '#lib/api/http'
import { deletePipeline, getPipeline, patchPipeline, putPipeline } from '#lib/pipelines/operations'

export const GET = http(getPipeline)
export const PUT = http(putPipeline, { body: 'definition' })
export const PATCH = http(patchPipeline)
export const DELETE = http(deletePipeline)
