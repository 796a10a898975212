import { http } from '#lib/api/http'
import { getConfiguration, putConfiguration } from '#lib/data-sources/configuration-operations'

export const GET = http(getConfiguration)
export const PUT = http(putConfiguration)
