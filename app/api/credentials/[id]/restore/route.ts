import { http } from '#lib/api/http'
import { restoreCredential } from '#lib/credentials/removal-operations'

export const POST = http(restoreCredential)
