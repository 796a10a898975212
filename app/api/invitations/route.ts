import { http } from '#lib/api/http'
import { invite, listInvitations } from '#lib/members/invitation-operations'

export const GET = http(listInvitations)
export const POST = http(invite, { status: 201 })
