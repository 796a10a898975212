'use client'
import { Button } from '@mantine/core'
import { Badge } from '#components/layout/badge'
import { EmptyState } from '#components/layout/empty-state'
import { Allowed } from '#components/layout/permissions'
import { RelativeTime } from '#components/layout/relative-time'
import { actionsColumn, Table } from '#components/layout/table'
import type { AlertView } from '#lib/audit/schema'
import { callApi } from '#lib/client/api'
import classes from '../layout/table.module.css'
import { useBusy } from './use-busy.ts'

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
    <Table label="Alerts" columns={['When', 'What', 'State', actionsColumn]}>
      {alerts.map((alert) => (
        <AlertRow key={alert.id} alert={alert} />
      ))}
    </Table>
  )
}

const AlertRow = ({ alert }: { alert: AlertView }) => {
  const { isBusy, run } = useBusy(alert.id, 'Not acknowledged')
  const isOpen = alert.acknowledged_at === null
  const acknowledge = () =>
    run(async () => {
      await callApi(`/api/alerts/${alert.id}/acknowledge`, { method: 'POST', body: {} })
      return undefined
    })
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
