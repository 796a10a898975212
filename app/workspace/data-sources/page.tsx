import type { Metadata } from 'next'
import { SourcesTable } from '#components/data-sources/sources-table'
import { NextPage } from '#components/layout/next-page'
import { Page as PageFrame } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { pageActor } from '#lib/auth/page'
import { listConnections } from '#lib/connections/operations'
import { allManifests } from '#lib/connectors/catalog'
import { insideOf } from '../../../components/data-sources/inside.ts'

export const metadata: Metadata = { title: 'Data sources' }

export default async function Page({ searchParams }: { searchParams: Promise<{ cursor?: string }> }) {
  const { cursor } = await searchParams
  const types = allManifests().filter(({ capabilities }) => insideOf(capabilities) !== undefined)
  const type = types.map(({ id }) => id).join(',')
  const { items, page } = await listConnections(await pageActor(), { role: 'source', type, cursor })
  return (
    <PageFrame>
      <PageHeader title="Data sources" lead="The source connections whose tables and files you can look into." />
      <SourcesTable connections={items} />
      <NextPage path="/workspace/data-sources" cursor={page.cursor} />
    </PageFrame>
  )
}
