import { http } from '#lib/api/http'
import { listConnectors } from '#lib/connectors/operations'

export const GET = http(listConnectors)
