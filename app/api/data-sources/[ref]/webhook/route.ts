import { http } from '#lib/api/http'
import { deleteWebhook, getWebhook, putWebhook } from '#lib/data-sources/webhook-operations'

export const GET = http(getWebhook)
export const PUT = http(putWebhook)
export const DELETE = http(deleteWebhook)
