import { http } from '#lib/api/http'
import { deleteView, updateView } from '#lib/connection-views/operations'

export const PATCH = http(updateView)
export const DELETE = http(deleteView)
