import { http } from '#lib/api/http'
import { signOut } from '#lib/auth/operations'
import { readSession } from '#lib/auth/session-operations'

export const GET = http(readSession)
export const DELETE = http(signOut)
