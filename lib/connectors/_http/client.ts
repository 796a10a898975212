import type { Duplex } from 'node:stream'
import { isSameOrigin, resolveAddress } from './address.ts'
import type { Login } from './auth.ts'
import { type Answer, type Ask, exchange } from './exchange.ts'
import { Failure } from './failure.ts'

export interface ClientSettings {
  request_headers?: Record<string, string> | undefined
  redirects: 'same-origin' | 'none'
  timeout_s: number
}

export interface Reply extends Answer {
  /** Where the answer came from, after redirects. */
  url: URL
  duration_ms: number
}

export interface Client {
  send(ask: Pick<Ask, 'method' | 'url' | 'body'>, bytes: number): Promise<Reply>
}

const redirectsMax = 5

/**
 * Asks one origin. A redirect is followed only within it: no other host, port or scheme ever gets a request of ours, and
 * so neither the secret nor the data. Cookies are not kept.
 */
export const createClient = (settings: ClientSettings, login: Login, open: () => Promise<Duplex>): Client => {
  const headers = {
    accept: 'application/json',
    ...lowerCase(settings.request_headers ?? {}),
    ...lowerCase(login.headers),
  }
  const once = async ({ method, url, body }: Pick<Ask, 'method' | 'url' | 'body'>, bytes: number): Promise<Answer> => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const ask = { method, url: withParameters(url, login.query), headers: { ...type, ...headers }, body }
    return exchange(await open(), ask, { ms: settings.timeout_s * 1000, bytes })
  }
  return {
    async send(ask, bytes) {
      const began = performance.now()
      let asked = ask
      for (let hops = 0; hops <= redirectsMax; hops++) {
        const answer = await once(asked, bytes)
        const { location } = answer.headers
        if (!redirects.has(answer.status) || location === undefined || settings.redirects === 'none')
          return { ...answer, url: asked.url, duration_ms: Math.round(performance.now() - began) }
        asked = redirected(asked, answer.status, location)
      }
      throw new Failure('http.redirect_loop')
    },
  }
}

const redirects = new Set([301, 302, 303, 307, 308])

const redirected = (ask: Pick<Ask, 'method' | 'url' | 'body'>, status: number, location: string) => {
  const url = resolveAddress(location, ask.url)
  if (!url || !isSameOrigin(url, ask.url))
    throw new Failure('http.redirect_elsewhere', url ? { detail: url.origin, status } : { status })
  const staysAsItIs = status === 307 || status === 308 || ask.method === 'HEAD'
  return staysAsItIs ? { ...ask, url } : { method: 'GET' as const, url }
}

/** The address with parameters set to these values, whatever they were before. */
export const withParameters = (url: URL, parameters: Record<string, string>): URL => {
  const changed = new URL(url)
  for (const [name, value] of Object.entries(parameters)) changed.searchParams.set(name, value)
  return changed
}

const lowerCase = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
