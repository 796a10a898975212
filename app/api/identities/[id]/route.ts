import { http } from '#lib/api/http'
import { unlinkIdentity } from '#lib/auth/identity-operations'

export const DELETE = http(unlinkIdentity)
