import { httpOpen } from '#lib/api/http'
import { acceptAction } from '#lib/members/joining'

export const POST = httpOpen(acceptAction, { status: 201 })
