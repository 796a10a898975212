import { http } from '#lib/api/http'
import { getConnector } from '#lib/connectors/operations'

export const GET = http(getConnector)
