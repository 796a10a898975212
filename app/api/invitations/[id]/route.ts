import { http } from '#lib/api/http'
import { revokeInvitation } from '#lib/members/invitation-operations'

export const DELETE = http(revokeInvitation)
