import { http } from '#lib/api/http'
import { getTabs, putTabs } from '#lib/data-sources/tabs-operations'

export const GET = http(getTabs)
export const PUT = http(putTabs, { body: 'definition' })
