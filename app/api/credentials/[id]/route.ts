import { http } from '#lib/api/http'
import { getCredential, updateCredential } from '#lib/credentials/operations'
import { deleteCredential } from '#lib/credentials/removal-operations'

export const GET = http(getCredential)
export const PUT = http(updateCredential)
export const DELETE = http(deleteCredential)
