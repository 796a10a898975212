import type { Purpose } from '#lib/auth/schema'
import { requestApi } from '#lib/client/api'

/** Asks where to go for a sign-in at the identity provider; linking asks for a fresh sign-in here first. */
export const providerAddress = async (purpose: Purpose, callbackUrl?: string): Promise<string> => {
  const csrf = await requestApi('/api/auth/csrf', 'application/json')
  const { csrfToken } = (await csrf.json()) as { csrfToken: string }
  const body = { csrfToken, ...(callbackUrl !== undefined && { callbackUrl }) }
  const path = `/api/auth/signin/oidc?for=${purpose}`
  const response = await requestApi(path, 'application/json', { method: 'POST', body })
  const { url } = (await response.json()) as { url: string }
  return url
}
