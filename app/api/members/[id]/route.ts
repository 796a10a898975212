import { http } from '#lib/api/http'
import { changeMember, removeMember } from '#lib/members/operations'

export const PATCH = http(changeMember)
export const DELETE = http(removeMember)
