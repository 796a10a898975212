import { http } from '#lib/api/http'
import { testDraft } from '#lib/connections/operations'

export const POST = http(testDraft)
