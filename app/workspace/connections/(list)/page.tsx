import type { Metadata } from 'next'
import { ConnectionsPage } from '#components/connections/list/connections-page'
import { pageActor } from '#lib/auth/page'
import { listConnections } from '#lib/connections/operations'
import { parseListQuery } from '../../../../components/connections/list/list-query.ts'

export const metadata: Metadata = { title: 'Connections' }

interface PageProps {
  searchParams: Promise<Record<string, string | string[]>>
}

export default async function Page({ searchParams }: PageProps) {
  const actor = await pageActor()
  const query = parseListQuery(await searchParams)
  return <ConnectionsPage list={await listConnections(actor, query)} query={query} />
}
