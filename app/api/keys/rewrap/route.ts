import { http } from '#lib/api/http'
import { rewrapSecrets } from '#lib/keys/operations'

export const POST = http(rewrapSecrets, { status: 202 })
