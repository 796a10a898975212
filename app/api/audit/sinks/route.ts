import { http } from '#lib/api/http'
import { createSink, listSinks } from '#lib/audit/operations'

export const GET = http(listSinks)
export const POST = http(createSink, { status: 201 })
