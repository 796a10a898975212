import { http } from '#lib/api/http'
import { enableMember } from '#lib/members/operations'

export const POST = http(enableMember)
