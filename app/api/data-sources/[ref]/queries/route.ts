import { http } from '#lib/api/http'
import { runQuery } from '#lib/queries/run-operations'

export const POST = http(runQuery, { ndjson: 'plain', body: 'definition' })
