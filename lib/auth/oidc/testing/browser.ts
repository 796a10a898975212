import { authHandler } from '../../handler.ts'
import { redirectUri } from './provider.ts'

const origin = 'http://localhost:3000'

/** A browser of its own: what it has of our cookies and of the provider's, and the way from one to the other. */
export const newBrowser = (cookie = '') => {
  const ours = jar(cookie)
  const theirs = jar('')

  const ask = async (method: string, path: string, body?: Record<string, string>): Promise<Response> => {
    const request = new Request(`${origin}${path}`, {
      method,
      headers: {
        cookie: ours.header(),
        'sec-fetch-site': method === 'GET' ? 'cross-site' : 'same-origin',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const nextauth = path.slice('/api/auth/'.length).split('?')[0]?.split('/') ?? []
    const response = await authHandler(request, { params: Promise.resolve({ nextauth }) })
    ours.take(response)
    return response
  }

  /** Presses the button; answers the address to go to. */
  const setOut = async (purpose = 'sign_in', callbackUrl = '/workspace/credentials'): Promise<string> => {
    const { csrfToken } = (await (await ask('GET', '/api/auth/csrf')).json()) as { csrfToken: string }
    const response = await ask('POST', `/api/auth/signin/oidc?for=${purpose}`, { csrfToken, callbackUrl })
    return ((await response.json()) as { url: string }).url
  }

  /** Through the provider's own pages; answers the address it sends the browser back to. */
  const visit = async (url: string): Promise<string> => {
    for (let next = url, hops = 0; hops < 10; hops++) {
      const response = await fetch(next, { redirect: 'manual', headers: { cookie: theirs.header() } })
      theirs.take(response)
      const location = response.headers.get('location')
      if (location === null)
        throw new Error(`the provider stopped at ${next}: ${response.status} ${await response.text()}`)
      next = new URL(location, next).href
      if (next.startsWith(redirectUri)) return next
    }
    throw new Error('the provider goes round in circles')
  }

  /** Back at our door; answers where it leads. */
  const comeBack = async (url: string): Promise<string> => {
    const { pathname, search } = new URL(url)
    const response = await ask('GET', `${pathname}${search}`)
    return response.headers.get('location') ?? `status ${response.status}`
  }

  const trip = async (purpose = 'sign_in'): Promise<string> => comeBack(await visit(await setOut(purpose)))
  /** Signs out there: somebody else may come next. */
  const forgetProvider = () => theirs.clear()
  return { ours, ask, setOut, visit, comeBack, trip, forgetProvider }
}

const jar = (given: string) => {
  const cookies = new Map<string, string>()
  const put = (pair: string) => {
    const cut = pair.indexOf('=')
    if (cut > 0) cookies.set(pair.slice(0, cut).trim(), pair.slice(cut + 1).trim())
  }
  given.split(';').forEach(put)
  return {
    put,
    clear: () => cookies.clear(),
    header: () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    take: (response: Response) => {
      for (const line of response.headers.getSetCookie()) put(line.split(';')[0] ?? '')
    },
  }
}
