import { http } from '#lib/api/http'
import { getRotation } from '#lib/rotations/operations'

export const GET = http(getRotation)
