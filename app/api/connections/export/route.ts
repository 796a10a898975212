import { http } from '#lib/api/http'
import { exportConnections } from '#lib/connections/export-operations'

export const GET = http(exportConnections, { file: { name: 'connections', formats: ['yaml', 'json'] } })
