import { problemResponse } from '#lib/api/problem'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { callNextAuth } from './call-next-auth.ts'
import { authOptions } from './next-auth.ts'
import { comeBack, setOut } from './oidc/trip.ts'
import { isSameOrigin } from './same-origin.ts'

/** `/api/auth/*`. A sign-in form on another site must not sign anybody in or out, next-auth's own token or not. */
export const authHandler = async (request: Request, context: { params: Promise<{ nextauth: string[] }> }) => {
  if (request.method !== 'GET' && !isSameOrigin(request)) return new Response(null, { status: 403 })
  const { nextauth: segments } = await context.params
  try {
    if (segments[1] !== 'oidc') return await callNextAuth(request, { segments, options: authOptions() })
    if (request.method === 'POST' && segments[0] === 'signin') return await setOut(request)
    if (request.method === 'GET' && segments[0] === 'callback') return await comeBack(request)
    throw new AppError('not_found', 'There is nothing here.')
  } catch (error) {
    if (error instanceof AppError) return problemResponse(error, newId('request'))
    throw error
  }
}
