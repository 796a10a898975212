const start = '/workspace/connections'

/** The path to continue at after signing in: one of our own, or the start page. */
export const localPath = (wanted: string | undefined): string => {
  if (!wanted?.startsWith('/') || !URL.canParse(wanted, 'http://here.invalid')) return start
  const url = new URL(wanted, 'http://here.invalid')
  const path = `${url.pathname}${url.search}${url.hash}`
  return url.origin === 'http://here.invalid' && !path.startsWith('//') ? path : start
}
