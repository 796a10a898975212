import { callApi } from '#lib/client/api'

/** Ends the session on the server, then leaves for the sign-in page. */
export const signOut = async (): Promise<void> => {
  await callApi('/api/session', { method: 'DELETE' }).catch(() => undefined)
  window.location.assign('/login')
}
