import { http } from '#lib/api/http'
import { reviewCredentials } from '#lib/credentials/operations'

export const GET = http(reviewCredentials)
