import { httpOpen } from '#lib/api/http'
import { lookAction } from '#lib/members/joining'

export const POST = httpOpen(lookAction)
