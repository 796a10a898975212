import { http } from '#lib/api/http'
import { getWorkspace } from '#lib/workspaces/operations'

export const GET = http(getWorkspace)
