import type { Metadata } from 'next'
import { Alerts } from '#components/audit/alerts'
import { AuditTabs } from '#components/audit/audit-tabs'
import { NextPage } from '#components/layout/next-page'
import { Page as PageFrame } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { listAlerts } from '#lib/audit/operations'
import { pageActor } from '#lib/auth/page'

export const metadata: Metadata = { title: 'Alerts' }

const lead = 'What deserves a look. Each is raised once, and goes out with the trail.'

export default async function Page({ searchParams }: { searchParams: Promise<{ cursor?: string }> }) {
  const { cursor } = await searchParams
  const { items, page, open } = await listAlerts(await pageActor(), { cursor, state: 'all' })
  return (
    <PageFrame>
      <PageHeader title="Audit" lead={lead} />
      <AuditTabs current="Alerts" open={open} />
      <Alerts alerts={items} />
      <NextPage path="/workspace/audit/alerts" cursor={page.cursor} />
    </PageFrame>
  )
}
