import Link from 'next/link'
import { RelativeTime } from '#components/layout/relative-time'
import type { AuditEventView } from '#lib/audit/schema'
import classes from './audit.module.css'
import { auditHref } from './audit-query.ts'

interface ActivityListProps {
  events: readonly AuditEventView[]
  /** The object's id: where the whole trail of it begins. */
  objectId: string
}

/** What happened lately to one object, for its own page; the caller shows it to those who may read the trail. */
export const ActivityList = ({ events, objectId }: ActivityListProps) => (
  <>
    <ul className={classes.list} aria-label="Activity">
      {events.map(({ id, actor, sentence, outcome, at }) => (
        <li key={id}>
          <span>
            <strong>{actor.name}</strong> {sentence}
            {outcome !== 'success' && ` (${outcome})`}
          </span>
          <RelativeTime at={at} />
        </li>
      ))}
      {events.length === 0 && <li>Nothing is recorded yet.</li>}
    </ul>
    <Link className={classes.all} href={auditHref({ object: objectId })} prefetch={false}>
      Whole activity
    </Link>
  </>
)
