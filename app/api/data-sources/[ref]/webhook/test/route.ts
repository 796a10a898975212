import { http } from '#lib/api/http'
import { testWebhook } from '#lib/data-sources/webhook-operations'

export const POST = http(testWebhook)
