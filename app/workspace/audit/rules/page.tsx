import type { Metadata } from 'next'
import { AuditTabs } from '#components/audit/audit-tabs'
import { Rules } from '#components/audit/rules'
import { Page as PageFrame } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { getAlertRules, listAlerts } from '#lib/audit/operations'
import { pageActor } from '#lib/auth/page'

export const metadata: Metadata = { title: 'Alert rules' }

const lead = 'What raises an alert, and from when on. An alert goes out with the trail to all of its destinations.'

export default async function Page() {
  const actor = await pageActor()
  const [rules, { open }] = await Promise.all([getAlertRules(actor, {}), listAlerts(actor, { limit: 1 })])
  return (
    <PageFrame>
      <PageHeader title="Audit" lead={lead} />
      <AuditTabs current="Rules" open={open} />
      <Rules settings={rules} />
    </PageFrame>
  )
}
