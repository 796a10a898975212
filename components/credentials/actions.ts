import { callApi, etagOf, withQuery } from '#lib/client/api'
import type { CredentialView } from '#lib/credentials/schema'

const at = ({ id }: { id: string }, action = '') => `/api/credentials/${encodeURIComponent(id)}${action}`

/** Why connections may lose their credential. */
type Force = { reason: string } | undefined

const forced = (path: string, force: Force) => (force ? withQuery(path, { force: 'true', reason: force.reason }) : path)

/** What the page of a credential asks of the server. */
export const setStatus = (credential: CredentialView, status: 'active' | 'disabled') =>
  callApi<CredentialView>(at(credential), { method: 'PUT', body: { status }, ifMatch: etagOf(credential) })

export const deleteCredential = (credential: CredentialView, force: Force) =>
  callApi(forced(at(credential), force), { method: 'DELETE', ifMatch: etagOf(credential) })

export const restoreCredential = (credential: { id: string }, name?: string) =>
  callApi(at(credential, '/restore'), { method: 'POST', body: name === undefined ? {} : { name } })

export const purgeCredential = (credential: CredentialView, force: Force) =>
  callApi(forced(at(credential, '/permanent'), force), { method: 'DELETE', ifMatch: etagOf(credential) })
