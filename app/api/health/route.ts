import { httpOpen } from '#lib/api/http'
import { healthAction } from '#lib/web/health'

export const GET = httpOpen(healthAction)
