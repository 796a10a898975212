import { http } from '#lib/api/http'
import { disableMember } from '#lib/members/operations'

export const POST = http(disableMember)
