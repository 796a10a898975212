import { httpOpen } from '#lib/api/http'
import { setupAction } from '#lib/auth/setup'

export const POST = httpOpen(setupAction, { status: 201 })
