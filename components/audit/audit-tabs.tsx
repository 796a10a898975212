import Link from 'next/link'
import { Badge } from '#components/layout/badge'
import classes from './audit.module.css'
import { auditPath } from './audit-query.ts'

const tabs = [
  [auditPath, 'Activity'],
  [`${auditPath}/alerts`, 'Alerts'],
  [`${auditPath}/destinations`, 'Destinations'],
] as const

interface AuditTabsProps {
  current: (typeof tabs)[number][1]
  /** Alerts that nobody has looked at. */
  open: number
}

/** The three sides of the trail: what happened, what deserves a look, where it is sent. */
export const AuditTabs = ({ current, open }: AuditTabsProps) => (
  <nav className={classes.tabs} aria-label="Audit">
    {tabs.map(([href, label]) => (
      <Link key={href} href={href} className={classes.tab} aria-current={label === current ? 'page' : undefined}>
        {label}
        {label === 'Alerts' && open > 0 && <Badge tone="danger">{open}</Badge>}
      </Link>
    ))}
  </nav>
)
