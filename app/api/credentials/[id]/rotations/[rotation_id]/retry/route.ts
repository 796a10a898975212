import { http } from '#lib/api/http'
import { retryRotation } from '#lib/rotations/operations'

export const POST = http(retryRotation)
