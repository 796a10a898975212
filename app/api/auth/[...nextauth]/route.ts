import { authHandler } from '#lib/auth/handler'

export const GET = authHandler
export const POST = authHandler
