import type { Metadata } from 'next'
import { AuditPage } from '#components/audit/audit-page'
import { Page as PageFrame } from '#components/layout/page'
import { listAlerts, listAudit } from '#lib/audit/operations'
import { pageActor } from '#lib/auth/page'
import { auditFilterOf, parseAuditQuery } from '../../../components/audit/audit-query.ts'

export const metadata: Metadata = { title: 'Audit' }

export default async function Page({ searchParams }: { searchParams: Promise<Record<string, string | string[]>> }) {
  const params = await searchParams
  const query = parseAuditQuery(params)
  const cursor = typeof params.cursor === 'string' ? params.cursor : undefined
  const actor = await pageActor()
  const [list, { open }] = await Promise.all([
    listAudit(actor, { ...auditFilterOf(query), cursor }),
    listAlerts(actor, { limit: 1 }),
  ])
  return (
    <PageFrame>
      <AuditPage list={list} query={query} open={open} />
    </PageFrame>
  )
}
