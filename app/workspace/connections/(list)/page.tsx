import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { ConnectionsPage } from '#components/connections/list/connections-page'
import { pageActor } from '#lib/auth/page'
import { listViews } from '#lib/connection-views/operations'
import { listConnections } from '#lib/connections/operations'
import { askedOf, parseListQuery } from '../../../../components/connections/list/list-query.ts'
import { parseSettings, settingsCookie } from '../../../../components/connections/list/view-settings.ts'

export const metadata: Metadata = { title: 'Connections' }

interface PageProps {
  searchParams: Promise<Record<string, string | string[]>>
}

export default async function Page({ searchParams }: PageProps) {
  const actor = await pageActor()
  const query = parseListQuery(await searchParams)
  const settings = parseSettings((await cookies()).get(settingsCookie)?.value)
  const [list, views] = await Promise.all([listConnections(actor, askedOf(query)), listViews(actor, { limit: 200 })])
  return <ConnectionsPage list={list} query={query} settings={settings} views={views.items} />
}
