import { http } from '#lib/api/http'
import { examine } from '#lib/keys/operations'

export const GET = http(examine)
