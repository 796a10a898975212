import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { Actor } from './actor.ts'
import { authenticateSession } from './authenticate.ts'
import { setupNeeded } from './setup.ts'

/** Who looks at this page; sends everybody else to set-up or sign-in. Every page calls it, none relies on a middleware. */
export const pageActor = async (): Promise<Actor> => {
  const actor = await authenticateSession(new Headers(await headers()))
  if (actor) return actor
  redirect((await setupNeeded()) ? '/setup' : '/login')
}
