import { http } from '#lib/api/http'
import { listMembers } from '#lib/members/operations'

export const GET = http(listMembers)
