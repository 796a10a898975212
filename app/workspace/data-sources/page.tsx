import type { Metadata } from 'next'
import { SourcesTable } from '#components/data-sources/sources-table'
import { NextPage } from '#components/layout/next-page'
import { Page as PageFrame } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { pageActor } from '#lib/auth/page'
import { listConnections } from '#lib/connections/operations'

export const metadata: Metadata = { title: 'Data sources' }

export default async function Page({ searchParams }: { searchParams: Promise<{ cursor?: string }> }) {
  const { cursor } = await searchParams
  const { items, page } = await listConnections(await pageActor(), { role: 'source', cursor })
  return (
    <PageFrame>
      <PageHeader title="Data sources" lead="The source connections whose schemas and tables you can look into." />
      <SourcesTable connections={items} />
      <NextPage path="/workspace/data-sources" cursor={page.cursor} />
    </PageFrame>
  )
}
