import { http } from '#lib/api/http'
import { withFreshCookie } from '#lib/auth/fresh-cookie'
import { changePassword } from '#lib/auth/session-operations'

export const POST = withFreshCookie(http(changePassword))
