'use client'
import { IconChevronRight } from '@tabler/icons-react'
import { Fragment, useState } from 'react'
import { Badge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { type Column, Table } from '#components/layout/table'
import type { AuditEventView } from '#lib/audit/schema'
import tableClasses from '../layout/table.module.css'
import classes from './audit.module.css'
import { outcomeWords } from './audit-query.ts'
import { EventDetails } from './event-details.tsx'

/** One line an event; a press shows what else it says. */
export const AuditTable = ({ events }: { events: readonly AuditEventView[] }) => {
  const [open, setOpen] = useState<string>()
  return (
    <Table label="Audit trail" columns={columns} className={classes.table}>
      {events.map((event) => (
        <Fragment key={event.id}>
          <EventRow
            event={event}
            isOpen={open === event.id}
            toggle={() => setOpen(open === event.id ? undefined : event.id)}
          />
          {open === event.id && (
            <tr data-open>
              <td colSpan={columns.length}>
                <EventDetails event={event} />
              </td>
            </tr>
          )}
        </Fragment>
      ))}
    </Table>
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
    <td className={tableClasses.dim} data-from={54}>
      {event.target?.name ?? event.target?.type.replaceAll('_', ' ') ?? '—'}
    </td>
    <td className={tableClasses.mono} data-from={64}>
      {event.ip ?? '—'}
    </td>
    <td>
      <Badge tone={tones[event.outcome]}>{outcomeWords[event.outcome]}</Badge>
    </td>
  </tr>
)

const tones = { success: 'neutral', failure: 'warning', denied: 'danger' } as const
const columns: Column[] = [
  'When',
  'Who',
  'What',
  { title: 'Object', from: 54 },
  { title: 'Address', from: 64 },
  'Outcome',
]
