import { ButtonLink } from '#components/layout/button-link'
import { EmptyState } from '#components/layout/empty-state'
import { NextPage } from '#components/layout/next-page'
import { PageHeader } from '#components/layout/page-header'
import type { AuditList } from '#lib/audit/schema'
import { AuditActions } from './audit-actions.tsx'
import { type AuditQuery, auditHref, auditPath } from './audit-query.ts'
import { AuditTable } from './audit-table.tsx'
import { AuditTabs } from './audit-tabs.tsx'
import { AuditToolbar } from './audit-toolbar.tsx'

interface AuditPageProps {
  list: AuditList
  query: AuditQuery
  /** Alerts that nobody has looked at. */
  open: number
}

/** Who did what: the trail of the workspace. */
export const AuditPage = ({ list: { items, page }, query, open }: AuditPageProps) => (
  <>
    <PageHeader title="Audit" lead={lead} actions={<AuditActions query={query} />} />
    <AuditTabs current="Activity" open={open} />
    <AuditToolbar query={query} />
    {items.length > 0 ? <AuditTable events={items} /> : <Nothing query={query} />}
    <NextPage path={auditHref(query)} cursor={page.cursor} />
  </>
)

const lead = 'Who did what, from where, and whether it was allowed. Secrets are never part of it.'

const Nothing = ({ query }: { query: AuditQuery }) =>
  Object.keys(query).length > 0 ? (
    <EmptyState
      title="No event matches"
      action={
        <ButtonLink variant="default" href={auditPath}>
          Clear the filters
        </ButtonLink>
      }
    >
      Nothing in the trail fits these filters.
    </EmptyState>
  ) : (
    <EmptyState title="Nothing here yet">Sign-ins, tests and every change appear here as they happen.</EmptyState>
  )
