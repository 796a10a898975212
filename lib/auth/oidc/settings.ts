import { env } from '#lib/config/env'

export interface OidcSettings {
  issuer: string
  clientId: string
  clientSecret: string
  name: string
  scopes: string
}

/** The identity provider people may sign in with; undefined where none is configured. */
export const oidcSettings = (): OidcSettings | undefined => {
  const {
    JACKFIELD_OIDC_ISSUER: issuer,
    JACKFIELD_OIDC_CLIENT_ID: clientId,
    JACKFIELD_OIDC_CLIENT_SECRET: clientSecret,
  } = env()
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined
  return { issuer, clientId, clientSecret, name: env().JACKFIELD_OIDC_NAME, scopes: env().JACKFIELD_OIDC_SCOPES }
}

/** Whether an identity is of the provider that is configured now. */
export const isConfigured = ({ issuer }: { issuer: string }): boolean =>
  bareIssuer(issuer) === bareIssuer(oidcSettings()?.issuer ?? '')

/** The final slash is a matter of taste; what is behind the name is the same. */
export const bareIssuer = (issuer: string): string => issuer.replace(/\/$/, '')
