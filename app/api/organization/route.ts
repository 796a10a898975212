import { http } from '#lib/api/http'
import { updateOrganization } from '#lib/workspaces/operations'

export const PATCH = http(updateOrganization)
