import { http } from '#lib/api/http'
import { signOut } from '#lib/auth/operations'

export const DELETE = http(signOut)
