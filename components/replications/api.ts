import { callApi, requestApi, withQuery } from '#lib/client/api'
import type { DiscoveredRelation, RelationName } from '#lib/connectors/contract'
import type { ReplicationCheck, ReplicationView } from '#lib/replications/schema'
import type { Plan } from './plan.ts'

export const sourceAt = (source: string, end: string): string =>
  `/api/data-sources/${encodeURIComponent(source)}/${end}`

export const readReplications = async (source: string): Promise<ReplicationView[]> =>
  (await callApi<ReplicationView[]>(sourceAt(source, 'cdc'))).data

export const checkPlan = async (source: string, body: Plan): Promise<ReplicationCheck> =>
  (await callApi<ReplicationCheck>(sourceAt(source, 'cdc/check'), { method: 'POST', body })).data

interface StepCall {
  plan: Plan
  step: string
  direction: 'do' | 'undo'
}

/** Takes a step at the source, or takes it back. */
export const takeStep = async (source: string, { plan, step, direction }: StepCall): Promise<void> => {
  const end = direction === 'do' ? 'cdc/steps' : 'cdc/steps/undo'
  await requestApi(sourceAt(source, end), 'application/json', { method: 'POST', body: { ...plan, step } })
}

export const forgetReplication = (source: string, id: string, reason: string | undefined) =>
  callApi(withQuery(sourceAt(source, `cdc/${id}`), reason === undefined ? {} : { force: 'true', reason }), {
    method: 'DELETE',
  })

interface FoundTables {
  items: RelationName[]
  isMore: boolean
}

const foundMax = 100
/** What is only read, or holds no rows of its own at this server, sends no changes. */
const withChanges = ['table', 'partitioned_table', 'partition']

export const findTables = async (source: string, q: string, signal: AbortSignal): Promise<FoundTables> => {
  const path = withQuery(sourceAt(source, 'tables'), { q, limit: foundMax })
  const { data, meta } = await callApi<DiscoveredRelation[]>(path, { signal })
  // Of our own API, parsed there; see callApi.
  const page = meta.page as { cursor: string | null }
  const items = data.filter(({ kind }) => withChanges.includes(kind)).map(({ schema, name }) => ({ schema, name }))
  return { items, isMore: page.cursor !== null }
}
