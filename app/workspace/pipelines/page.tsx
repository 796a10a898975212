import type { Metadata } from 'next'
import { NextPage } from '#components/layout/next-page'
import { Page as PageFrame } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { PipelinesEmpty } from '#components/pipelines/pipelines-empty'
import { PipelinesTable } from '#components/pipelines/pipelines-table'
import { PipelinesToolbar } from '#components/pipelines/pipelines-toolbar'
import { pageActor } from '#lib/auth/page'
import { listPipelines } from '#lib/pipelines/operations'
import { parsePipelineQuery, pipelinesHref } from '../../../components/pipelines/list-query.ts'

export const metadata: Metadata = { title: 'Pipelines' }

interface PageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function Page({ searchParams }: PageProps) {
  const params = await searchParams
  const query = parsePipelineQuery(params)
  const cursor = typeof params.cursor === 'string' ? params.cursor : undefined
  const { items, page } = await listPipelines(await pageActor(), { ...query, cursor })
  const isNarrowed = Object.keys(query).length > 0
  return (
    <PageFrame>
      <PageHeader title="Pipelines" lead="What runs elsewhere with your connections, as it registered itself." />
      {(items.length > 0 || isNarrowed) && <PipelinesToolbar query={query} />}
      {items.length === 0 ? <PipelinesEmpty isNarrowed={isNarrowed} /> : <PipelinesTable pipelines={items} />}
      <NextPage path={pipelinesHref(query)} cursor={page.cursor} />
    </PageFrame>
  )
}
