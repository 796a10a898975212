import { http } from '#lib/api/http'
import { startRotation } from '#lib/rotations/operations'

export const POST = http(startRotation, { status: 201 })
