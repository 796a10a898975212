'use client'
import { Button } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Badge } from '#components/layout/badge'
import { EmptyState } from '#components/layout/empty-state'
import { Allowed } from '#components/layout/permissions'
import { RelativeTime } from '#components/layout/relative-time'
import { showToast } from '#components/layout/toast'
import type { AlertView } from '#lib/audit/schema'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import classes from '../layout/table.module.css'

/** What a rule found worth a look; an acknowledged one stays in the list, with who looked. */
export const Alerts = ({ alerts }: { alerts: readonly AlertView[] }) => {
  if (alerts.length === 0) {
    return (
      <EmptyState title="Nothing to look at">
        Failed sign-ins, changed destinations and the like appear here.
      </EmptyState>
    )
  }
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-label="Alerts">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">State</th>
            <th scope="col">
              <span className={classes.hidden}>Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {alerts.map((alert) => (
            <AlertRow key={alert.id} alert={alert} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

const AlertRow = ({ alert }: { alert: AlertView }) => {
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const isOpen = alert.acknowledged_at === null
  const acknowledge = async () => {
    setBusy(true)
    try {
      await callApi(`/api/alerts/${alert.id}/acknowledge`, { method: 'POST', body: {} })
      router.refresh()
    } catch (problem) {
      await showToast({ id: alert.id, title: 'Not acknowledged', message: sentenceOf(problem) })
    }
    setBusy(false)
  }
  return (
    <tr className={classes.row}>
      <td className={classes.dim}>
        <RelativeTime at={alert.raised_at} />
      </td>
      <td>{alert.sentence}</td>
      <td>
        <Badge tone={isOpen ? 'danger' : 'neutral'}>{isOpen ? 'Open' : 'Acknowledged'}</Badge>
      </td>
      <td className={classes.end}>
        {isOpen && (
          <Allowed to="audit:write">
            <Button variant="default" size="xs" loading={isBusy} onClick={acknowledge}>
              Acknowledge
            </Button>
          </Allowed>
        )}
      </td>
    </tr>
  )
}
