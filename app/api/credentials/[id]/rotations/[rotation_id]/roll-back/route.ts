import { http } from '#lib/api/http'
import { rollBackRotation } from '#lib/rotations/operations'

export const POST = http(rollBackRotation)
