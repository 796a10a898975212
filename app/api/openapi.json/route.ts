import { document } from '#lib/api/openapi.gen'

export const GET = (): Response => Response.json(document, { headers: { 'cache-control': 'no-store' } })
