import type { Metadata } from 'next'
import { ApiKeys } from '#components/api-keys/api-keys'
import { NextPage } from '#components/layout/next-page'
import { Page as PageFrame } from '#components/layout/page'
import { listApiKeys } from '#lib/auth/operations'
import { pageActor } from '#lib/auth/page'

export const metadata: Metadata = { title: 'API keys' }

export default async function Page({ searchParams }: { searchParams: Promise<{ cursor?: string; new?: string }> }) {
  const { cursor, new: isNew } = await searchParams
  const { items, page } = await listApiKeys(await pageActor(), { cursor })
  return (
    <PageFrame>
      <ApiKeys keys={items} startsOpen={isNew !== undefined} />
      <NextPage path="/workspace/api-keys" cursor={page.cursor} />
    </PageFrame>
  )
}
