import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type Configuration } from 'oidc-provider'
import { afterAll, beforeAll } from 'vitest'
import { resetEnv } from '#lib/config/env'
import { forgetDiscovered } from '../discovery.ts'

/** An account at the provider; `at` is when it says that the person signed in there, in seconds. */
export interface Account {
  sub: string
  email?: string
  email_verified?: unknown
  name?: string
  at?: number
}

export const clientSecret = 'a-client-secret-that-only-tests-have'
export const redirectUri = 'http://localhost:3000/api/auth/callback/oidc'

/** A real OpenID provider on this machine, and Jackfield set up to use it. Whoever comes by is `person()`. */
export const useProvider = (person: () => Account) => {
  let server: Server | undefined
  const place = { issuer: '' }
  beforeAll(async () => {
    const listening = createServer()
    server = listening
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
    place.issuer = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
    const provider = providerAt(place.issuer, person)
    const answer = provider.callback()
    listening.on('request', (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return void answer(request, response)
      const { sub: accountId, at } = person()
      const login = { accountId, ...(at !== undefined && { ts: at }) }
      void provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false })
    })
    setUp({ issuer: place.issuer, clientId: 'jackfield', secret: clientSecret })
  })
  afterAll(() => {
    setUp(undefined)
    server?.closeAllConnections()
    server?.close()
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

const providerAt = (issuer: string, person: () => Account): Provider => {
  const configuration: Configuration = {
    clients: [
      {
        client_id: 'jackfield',
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        require_auth_time: true,
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    cookies: { keys: ['only for tests'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, accountId) => {
      const { at: _, ...claims } = person()
      return { accountId, claims: () => ({ ...claims, sub: accountId }) }
    },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  }
  return new Provider(issuer, configuration)
}
