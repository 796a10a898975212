export type SignInAnswer = 'signed_in' | 'refused' | 'limited' | 'unreachable'

/** Signs in with next-auth's own form call; its client library would only add weight to this one request. */
export const signIn = async (email: string, password: string): Promise<SignInAnswer> => {
  try {
    const { csrfToken } = (await (await fetch('/api/auth/csrf')).json()) as { csrfToken: string }
    const response = await fetch('/api/auth/callback/credentials', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrfToken, email, password, json: 'true' }),
    })
    const { url } = (await response.json()) as { url?: string }
    if (response.ok && !url?.includes('error=')) return 'signed_in'
    if (response.status === 429 || url?.includes('TooManyAttempts')) return 'limited'
    return response.status >= 500 ? 'unreachable' : 'refused'
  } catch {
    return 'unreachable'
  }
}

/** One sentence per outcome; who exists and who does not never shows. */
export const signInSentences: Record<Exclude<SignInAnswer, 'signed_in'>, string> = {
  refused: 'That e-mail address and password do not go together. Check both and try again.',
  limited: 'Too many attempts. Wait a few minutes, then try again.',
  unreachable: 'Jackfield did not answer. Check that it is running and try again.',
}
