import type { Metadata } from 'next'
import { AuditTabs } from '#components/audit/audit-tabs'
import { Sinks } from '#components/audit/sinks'
import { Page as PageFrame } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { listAlerts, listSinks } from '#lib/audit/operations'
import { pageActor } from '#lib/auth/page'

export const metadata: Metadata = { title: 'Audit destinations' }

const lead = 'Every event is sent on, in order and at least once; a receiver that is down gets what it missed.'

export default async function Page() {
  const actor = await pageActor()
  const [{ items }, { open }] = await Promise.all([listSinks(actor, {}), listAlerts(actor, { limit: 1 })])
  return (
    <PageFrame>
      <PageHeader title="Audit" lead={lead} />
      <AuditTabs current="Destinations" open={open} />
      <Sinks sinks={items} />
    </PageFrame>
  )
}
