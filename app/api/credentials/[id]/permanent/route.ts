import { http } from '#lib/api/http'
import { purgeCredential } from '#lib/credentials/removal'

export const DELETE = http(purgeCredential)
