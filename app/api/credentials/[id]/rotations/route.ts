import { http } from '#lib/api/http'
import { listRotations } from '#lib/rotations/operations'

export const GET = http(listRotations)
