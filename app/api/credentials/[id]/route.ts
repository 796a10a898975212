import { http } from '#lib/api/http'
import { getCredential } from '#lib/credentials/operations'

export const GET = http(getCredential)
