import { http } from '#lib/api/http'
import { finishRotation } from '#lib/rotations/operations'

export const POST = http(finishRotation)
