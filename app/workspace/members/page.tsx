import type { Metadata } from 'next'
import { NextPage } from '#components/layout/next-page'
import { Page as PageFrame } from '#components/layout/page'
import { Members } from '#components/members/members'
import { pageActor } from '#lib/auth/page'
import { listInvitations } from '#lib/members/invitation-operations'
import { listMembers } from '#lib/members/operations'

export const metadata: Metadata = { title: 'Members' }

export default async function Page({ searchParams }: { searchParams: Promise<{ cursor?: string }> }) {
  const { cursor } = await searchParams
  const actor = await pageActor()
  const [{ items, page }, invitations] = await Promise.all([
    listMembers(actor, { cursor }),
    listInvitations(actor, { limit: 200 }),
  ])
  return (
    <PageFrame>
      <Members members={items} invitations={invitations.items} />
      <NextPage path="/workspace/members" cursor={page.cursor} />
    </PageFrame>
  )
}
