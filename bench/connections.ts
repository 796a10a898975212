import type { Client } from 'pg'
import { listConnections, listFacets } from '#lib/connections/list-operations'
import { fillConnections } from './fixture.ts'
import { alternate, type Figure, quantile } from './harness.ts'
import { benchActor as actor, withDatabase } from './own-database.ts'

const total = 100_000

type Query = Omit<Parameters<typeof listConnections>[1], 'limit'>

const sorts = ['type', 'environment', '-last_test', 'latency', '-used_by_count', '-created_at', '-updated_at'] as const
const filters: Query[] = [
  { role: 'destination' },
  { type: 'mysql' },
  { type: 's3,sftp', environment: 'prod' },
  { environment: 'none' },
  { tag: 'team-7' },
  { status: 'failed' },
  { status: 'stale' },
  { status: 'never_tested' },
  { used: 'true' },
  { deleted: 'true' },
]
const searches = [
  ...[
    'prod',
    'prod-billing',
    'postgres orders',
    'warehouse-shipping-4711',
    'team-7',
    '42',
    'shipping prod 97',
    'mysql crm',
  ],
  ...['prdo-postgers', 'sihpping', 'mysql wharehouse', 'nothing of this', 'eu-west-2', 'db'],
]

/** The list of 100,000 connections by page, order, filter and search, each beside the bare indexed SELECT of a page. */
export const run = (): Promise<Figure[]> =>
  withDatabase(async (client) => {
    await fillConnections(client, actor.workspaceId, total)
    return figures(client)
  })

const figures = async (client: Client): Promise<Figure[]> => {
  const beside = async (name: string, rounds: number, ours: () => Promise<unknown>, limit?: Figure['limit']) => {
    const measured = await alternate(rounds, ours, () => bare(client))
    const floor = { name: 'bare indexed SELECT through pg', values: measured.floor }
    return { name, unit: 'ms', ours: measured.ours, floor, ...(limit && { limit }) }
  }
  const list = (query: Query) => () => listConnections(actor, { ...query, limit: 50 })
  const made = [await beside('List of 50 of 100,000 connections', 500, list({}), { kind: 'ratio', max: 3 })]
  made.push(await beside('The same 10,000 further down', 200, list({ cursor: await deepCursor() })))
  for (const sort of sorts) made.push(await beside(`Sorted by ${sort}`, 40, list({ sort })))
  for (const filter of filters)
    made.push(await beside(`Filtered by ${Object.entries(filter).join(' ')}`, 40, list(filter)))
  const found: number[] = []
  for (const q of searches) {
    const figure = await beside(`Search for “${q}”`, 40, list({ q }))
    found.push(...figure.ours)
    made.push(figure)
  }
  const worst = { name: 'Search, slowest 1 %', unit: 'ms', ours: [quantile(found, 0.99)] }
  const facets = await beside('What it can be filtered by, counted', 20, () => listFacets(actor, {}))
  return [...made, { ...worst, limit: { kind: 'value', max: 150 } }, facets]
}

const deepCursor = async (): Promise<string> => {
  let cursor: string | undefined
  for (let read = 0; read < 10_000; read += 200) {
    const { page } = await listConnections(actor, { limit: 200, cursor })
    cursor = page.cursor ?? undefined
  }
  return cursor ?? ''
}

const bare = (client: Client) =>
  client.query({
    name: 'page',
    text: 'select * from connections where workspace_id = $1 and deleted_at is null order by name_key, id limit 51',
    values: [actor.workspaceId],
  })
