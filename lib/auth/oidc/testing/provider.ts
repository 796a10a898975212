import { afterAll, beforeAll } from 'vitest'
import { resetEnv } from '#lib/config/env'
import { forgetDiscovered } from '../discovery.ts'
import { type Account, clientSecret, startOidcServer } from './server.ts'

export const redirectUri = 'http://localhost:3000/api/auth/callback/oidc'

/** A real OpenID provider, and Jackfield set up to use it. Whoever comes by is `person()`. */
export const useProvider = (person: () => Account) => {
  const place = { issuer: '', stop: () => {} }
  beforeAll(async () => {
    Object.assign(place, await startOidcServer({ person, redirectUri: () => redirectUri }))
    setUp({ issuer: place.issuer, clientId: 'jackfield', secret: clientSecret })
  })
  afterAll(() => {
    setUp(undefined)
    place.stop()
  })
  return place
}

/** Points Jackfield at a provider, or at none. */
export const setUp = (to: { issuer: string; clientId: string; secret: string } | undefined): void => {
  process.env.JACKFIELD_OIDC_ISSUER = to?.issuer ?? ''
  process.env.JACKFIELD_OIDC_CLIENT_ID = to?.clientId ?? ''
  process.env.JACKFIELD_OIDC_CLIENT_SECRET = to?.secret ?? ''
  process.env.JACKFIELD_OIDC_NAME = 'Example'
  resetEnv()
  forgetDiscovered()
}
