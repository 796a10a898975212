import { http } from '#lib/api/http'
import { restoreCredential } from '#lib/credentials/removal'

export const POST = http(restoreCredential)
