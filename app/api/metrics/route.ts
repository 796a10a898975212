import { metrics } from '#lib/web/health'

export const GET = metrics
