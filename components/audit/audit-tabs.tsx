import { Badge } from '#components/layout/badge'
import { Tabs } from '#components/layout/tabs'
import { auditPath } from './audit-query.ts'

const tabs = [
  { href: auditPath, label: 'Activity' },
  { href: `${auditPath}/alerts`, label: 'Alerts' },
  { href: `${auditPath}/rules`, label: 'Rules' },
  { href: `${auditPath}/destinations`, label: 'Destinations' },
] as const

interface AuditTabsProps {
  current: (typeof tabs)[number]['label']
  /** Alerts that nobody has looked at. */
  open: number
}

/** The sides of the trail: what happened, what deserves a look and from when on, where it is sent. */
export const AuditTabs = ({ current, open }: AuditTabsProps) => (
  <Tabs
    label="Audit"
    tabs={tabs.map((tab) => ({
      ...tab,
      isCurrent: tab.label === current,
      mark: tab.label === 'Alerts' && open > 0 && <Badge tone="danger">{open}</Badge>,
    }))}
  />
)
