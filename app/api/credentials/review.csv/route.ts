import { http } from '#lib/api/http'
import { exportReview } from '#lib/credentials/operations'

export const GET = http(exportReview, { file: { name: 'credential-review', formats: ['csv'] } })
