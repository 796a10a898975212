import { http } from '#lib/api/http'
import { listCredentialVersions } from '#lib/credentials/operations'

export const GET = http(listCredentialVersions)
