import { callApi, etagOf } from '#lib/client/api'
import type { ConnectionView } from '#lib/connections/schema'

const at = ({ id }: { id: string }, action = '') => `/api/connections/${id}${action}`

/** What a row's menu asks of the server. */
export const deleteConnection = (connection: ConnectionView) =>
  callApi(at(connection), { method: 'DELETE', ifMatch: etagOf(connection) })

export const restoreConnection = (connection: ConnectionView) =>
  callApi<ConnectionView>(at(connection, '/restore'), { method: 'POST', body: {} })

export const purgeConnection = (connection: ConnectionView) =>
  callApi(at(connection, '/permanent'), { method: 'DELETE', ifMatch: etagOf(connection) })

export const duplicateConnection = async (connection: ConnectionView): Promise<ConnectionView> =>
  (await callApi<ConnectionView>(at(connection, '/duplicate'), { method: 'POST', body: {} })).data

/** Labels alone: settings and secret stay as they are, and so does the last test. */
export const changeLabels = async (
  connection: ConnectionView,
  labels: { tags: string[] } | { environment: ConnectionView['environment'] },
): Promise<ConnectionView> =>
  (await callApi<ConnectionView>(at(connection), { method: 'PATCH', body: labels, ifMatch: etagOf(connection) })).data
