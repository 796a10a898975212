import { http } from '#lib/api/http'
import { retireKey } from '#lib/keys/operations'

export const POST = http(retireKey)
