import { authHandler } from '#lib/auth/next-auth'

export const GET = authHandler
export const POST = authHandler
