/**
 * Whether a request was sent by one of our own pages (API-3). Browsers say so in Sec-Fetch-Site; where they don't
 * (plain http on another host than localhost, older ones), the Origin must be the host that was asked.
 */
export const isSameOrigin = (request: Request): boolean => {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin'
  const origin = request.headers.get('origin')
  const host = request.headers.get('host') ?? new URL(request.url).host
  return origin !== null && hostOf(origin) === host.toLowerCase()
}

const hostOf = (origin: string): string | undefined => {
  if (!/^https?:\/\//i.test(origin)) return undefined
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
