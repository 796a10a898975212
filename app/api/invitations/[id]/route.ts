import { http } from '#lib/api/http'
import { revokeInvitation } from '#lib/members/invitations'

export const DELETE = http(revokeInvitation)
