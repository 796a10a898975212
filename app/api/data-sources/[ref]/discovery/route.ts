import { http } from '#lib/api/http'
import { discoverAll } from '#lib/data-sources/operations'

export const GET = http(discoverAll, { ndjson: 'always' })
