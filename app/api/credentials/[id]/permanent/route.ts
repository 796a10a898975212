import { http } from '#lib/api/http'
import { purgeCredential } from '#lib/credentials/removal-operations'

export const DELETE = http(purgeCredential)
