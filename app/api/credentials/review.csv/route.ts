import { http } from '#lib/api/http'
import { exportReview } from '#lib/credentials/operations'

export const GET = http(exportReview, { file: 'credential-review', format: 'csv' })
