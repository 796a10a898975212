import type { SessionState } from '#lib/auth/schema'
import { callApi } from '#lib/client/api'

const pollMs = 1_500
const waitMs = 5 * 60_000

/** Opens the provider beside this page and waits until the session counts as freshly signed in; false after a while. */
export const confirmWithProvider = async (): Promise<boolean> => {
  const before = await signedInAt()
  window.open('/login/again', 'jackfield-confirm', 'popup,width=520,height=700')
  for (const end = Date.now() + waitMs; Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, pollMs))
    if ((await signedInAt().catch(() => before)) > before) return true
  }
  return false
}

const signedInAt = async (): Promise<string> =>
  (await callApi<SessionState>('/api/session')).data.authenticated_at ?? ''
