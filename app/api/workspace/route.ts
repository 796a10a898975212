import { http } from '#lib/api/http'
import { getWorkspace, updateWorkspace } from '#lib/workspaces/operations'

export const GET = http(getWorkspace)
export const PATCH = http(updateWorkspace)
