import type { Metadata } from 'next'
import { AuditPage } from '#components/audit/audit-page'
import { Page as PageFrame } from '#components/layout/page'
import { listAudit } from '#lib/audit/operations'
import { pageActor } from '#lib/auth/page'
import { auditFilterOf, parseAuditQuery } from '../../../components/audit/audit-query.ts'

export const metadata: Metadata = { title: 'Audit' }

export default async function Page({ searchParams }: { searchParams: Promise<Record<string, string | string[]>> }) {
  const params = await searchParams
  const query = parseAuditQuery(params)
  const cursor = typeof params.cursor === 'string' ? params.cursor : undefined
  const list = await listAudit(await pageActor(), { ...auditFilterOf(query), cursor })
  return (
    <PageFrame>
      <AuditPage list={list} query={query} />
    </PageFrame>
  )
}
