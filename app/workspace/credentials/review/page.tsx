import type { Metadata } from 'next'
import { CredentialTabs } from '#components/credentials/list-tabs'
import { ReviewDownload } from '#components/credentials/review-download'
import { ReviewTable } from '#components/credentials/review-table'
import { EmptyState } from '#components/layout/empty-state'
import { NextPage } from '#components/layout/next-page'
import { Page as PageFrame } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { pageActor } from '#lib/auth/page'
import { reviewCredentials } from '#lib/credentials/operations'

export const metadata: Metadata = { title: 'Credential review' }

const lead =
  'Once a quarter: remove what nothing uses, replace what is overdue, and question what crosses environments.'

export default async function Page({ searchParams }: { searchParams: Promise<{ cursor?: string | string[] }> }) {
  const { cursor } = await searchParams
  const { items, page } = await reviewCredentials(await pageActor(), {
    limit: 100,
    ...(typeof cursor === 'string' && { cursor }),
  })
  return (
    <PageFrame>
      <PageHeader title="Credentials" lead={lead} actions={<ReviewDownload />} />
      <CredentialTabs current="review" />
      {items.length === 0 ? (
        <EmptyState title="Nothing to review yet">
          Every credential of this workspace is listed here with the connections that use it.
        </EmptyState>
      ) : (
        <ReviewTable lines={items} />
      )}
      <NextPage path="/workspace/credentials/review" cursor={page.cursor} />
    </PageFrame>
  )
}
