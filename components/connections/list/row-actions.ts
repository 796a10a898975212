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
