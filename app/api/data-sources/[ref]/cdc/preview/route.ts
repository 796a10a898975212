import { http } from '#lib/api/http'
import { previewReplication } from '#lib/replications/operations'

export const POST = http(previewReplication)
