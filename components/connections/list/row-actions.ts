import { callApi, etagOf, withQuery } from '#lib/client/api'
import type { ConnectionView, Usage } from '#lib/connections/schema'

const at = ({ id }: { id: string }, action = '') => `/api/connections/${id}${action}`

/** What a row's menu asks of the server. */
export const deleteConnection = (connection: ConnectionView, reason?: string) =>
  callApi(withQuery(at(connection), reason === undefined ? {} : { force: 'true', reason }), {
    method: 'DELETE',
    ifMatch: etagOf(connection),
  })

/** The active pipelines that name a connection, as many as a dialog can list. */
export const readActivePipelines = async (connection: ConnectionView): Promise<{ count: number; usages: Usage[] }> => {
  const { data, meta } = await callApi<Usage[]>(withQuery(at(connection, '/used-by'), { limit: 100 }))
  const usages = data.filter(({ declared, pipeline }) => declared && pipeline.active)
  return { count: Number(meta.active), usages: usages.slice(0, 12) }
}

export const restoreConnection = (connection: ConnectionView) =>
  callApi<ConnectionView>(at(connection, '/restore'), { method: 'POST', body: {} })

export const purgeConnection = (connection: ConnectionView) =>
  callApi(at(connection, '/permanent'), { method: 'DELETE', ifMatch: etagOf(connection) })
