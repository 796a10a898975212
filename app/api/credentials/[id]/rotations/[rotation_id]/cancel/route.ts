import { http } from '#lib/api/http'
import { cancelRotation } from '#lib/rotations/operations'

export const POST = http(cancelRotation)
