import { httpOpen } from '#lib/api/http'
import { readyAction } from '#lib/web/health'

export const GET = httpOpen(readyAction)
