import { http } from '#lib/api/http'
import { promoteRotation } from '#lib/rotations/operations'

export const POST = http(promoteRotation)
