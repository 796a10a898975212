import { http } from '#lib/api/http'
import { createView, listViews } from '#lib/connection-views/operations'

export const GET = http(listViews)
export const POST = http(createView, { status: 201 })
