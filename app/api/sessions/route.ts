import { http } from '#lib/api/http'
import { endOthers, listSessions } from '#lib/auth/session-operations'

export const GET = http(listSessions)
/** All but the one that asks. */
export const DELETE = http(endOthers)
