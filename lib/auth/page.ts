import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { Actor } from './actor.ts'
import { authenticateSession } from './authenticate.ts'
import { wantedPathHeader } from './client.ts'
import { oidcSettings } from './oidc/settings.ts'
import { setupNeeded } from './setup.ts'

/** Who looks at this page; sends everybody else to set-up or sign-in. Every page calls it, none relies on a middleware. */
export const pageActor = async (): Promise<Actor> => {
  const given = new Headers(await headers())
  const actor = await authenticateSession(given)
  if (actor) return actor
  redirect((await setupNeeded()) ? '/setup' : loginPath(given.get(wantedPathHeader)))
}

/** What stands on the button of the identity provider; undefined where there is none. */
export const providerName = (): string | undefined => oidcSettings()?.name

/** The sign-in page, which leads back to where the person wanted to go. The path comes from our own web server. */
const loginPath = (wanted: string | null): string => {
  const url = new URL(wanted ?? '/', 'http://localhost')
  url.searchParams.delete('_rsc')
  const path = `${url.pathname}${url.search}`
  return path === '/' ? '/login' : `/login?callbackUrl=${encodeURIComponent(path)}`
}
