'use client'
import { IconChevronRight } from '@tabler/icons-react'
import { Fragment, useState } from 'react'
import { Badge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import type { AuditEventView } from '#lib/audit/schema'
import tableClasses from '../layout/table.module.css'
import classes from './audit.module.css'
import { outcomeWords } from './audit-query.ts'
import { EventDetails } from './event-details.tsx'

/** One line an event; a press shows what else it says. */
export const AuditTable = ({ events }: { events: readonly AuditEventView[] }) => {
  const [open, setOpen] = useState<string>()
  return (
    <div className={tableClasses.scroll}>
      <table className={`${tableClasses.table} ${classes.table}`} aria-label="Audit trail">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">Object</th>
            <th scope="col">Address</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <Fragment key={event.id}>
              <EventRow
                event={event}
                isOpen={open === event.id}
                toggle={() => setOpen(open === event.id ? undefined : event.id)}
              />
              {open === event.id && (
                <tr data-open>
                  <td colSpan={6}>
                    <EventDetails event={event} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface EventRowProps {
  event: AuditEventView
  isOpen: boolean
  toggle(): void
}

const EventRow = ({ event, isOpen, toggle }: EventRowProps) => (
  <tr className={tableClasses.row} data-open={isOpen || undefined}>
    <td className={tableClasses.dim}>
      <RelativeTime at={event.at} />
    </td>
    <td>{event.actor.name}</td>
    <td>
      <button type="button" className={classes.open} aria-expanded={isOpen} onClick={toggle}>
        <IconChevronRight size={14} stroke={1.8} aria-hidden />
        {event.sentence}
      </button>
    </td>
    <td className={tableClasses.dim}>{event.target?.name ?? event.target?.type.replaceAll('_', ' ') ?? '—'}</td>
    <td className={tableClasses.mono}>{event.ip ?? '—'}</td>
    <td>
      <Badge tone={tones[event.outcome]}>{outcomeWords[event.outcome]}</Badge>
    </td>
  </tr>
)

const tones = { success: 'neutral', failure: 'warning', denied: 'danger' } as const
