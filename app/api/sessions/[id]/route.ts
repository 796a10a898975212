import { http } from '#lib/api/http'
import { endSessionById } from '#lib/auth/session-operations'

export const DELETE = http(endSessionById)
