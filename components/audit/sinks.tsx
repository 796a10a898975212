'use client'
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Badge } from '#components/layout/badge'
import { EmptyState } from '#components/layout/empty-state'
import { Allowed } from '#components/layout/permissions'
import { RelativeTime } from '#components/layout/relative-time'
import { actionsColumn, Table } from '#components/layout/table'
import type { SinkTest, SinkView } from '#lib/audit/schema'
import { callApi, etagOf } from '#lib/client/api'
import { plural } from '#lib/format/number'
import tableClasses from '../layout/table.module.css'
import classes from './audit.module.css'
import { useBusy } from './use-busy.ts'

const SinkDialog = dynamic(() => import('./sink-dialog.tsx').then((module) => module.SinkDialog), { ssr: false })

/** Where the trail is sent to, and how far it got. */
export const Sinks = ({ sinks }: { sinks: readonly SinkView[] }) => {
  const router = useRouter()
  const [editing, setEditing] = useState<SinkView | 'new'>()
  const close = () => {
    setEditing(undefined)
    router.refresh()
  }
  const add = (
    <Allowed to="audit:write">
      <Button onClick={() => setEditing('new')} leftSection={<IconPlus size={16} stroke={2} aria-hidden />}>
        Add destination
      </Button>
    </Allowed>
  )
  return (
    <>
      {sinks.length === 0 ? (
        <EmptyState title="The trail stays here" action={add}>
          Send every event to a SIEM, a log host or a file too: signed, in order, and again until it arrives.
        </EmptyState>
      ) : (
        <>
          <SinksTable sinks={sinks} edit={setEditing} />
          <div className={tableClasses.more}>{add}</div>
        </>
      )}
      {editing !== undefined && <SinkDialog sink={editing === 'new' ? undefined : editing} onClose={close} />}
    </>
  )
}

const SinksTable = ({ sinks, edit }: { sinks: readonly SinkView[]; edit(sink: SinkView): void }) => (
  <Table label="Destinations" columns={['Name', 'Destination', 'State', actionsColumn]}>
    {sinks.map((sink) => (
      <tr key={sink.id} className={tableClasses.row}>
        <td>{sink.name}</td>
        <td className={tableClasses.mono}>{placeOf(sink)}</td>
        <td>
          <State sink={sink} />
        </td>
        <td className={tableClasses.end}>
          <SinkButtons sink={sink} edit={edit} />
        </td>
      </tr>
    ))}
  </Table>
)

const State = ({ sink: { enabled, last_error, waiting, last_sent_at, delivered_seq } }: { sink: SinkView }) => {
  if (!enabled) return <Badge>Switched off</Badge>
  return (
    <span className={classes.state}>
      <span>
        <Badge tone={last_error ? 'danger' : 'success'}>{last_error ? 'Failing' : 'Sending'}</Badge>{' '}
        <span className={tableClasses.dim}>
          up to {delivered_seq}
          {waiting > 0 && `, ${plural(waiting, 'event')} waiting`}
          {last_sent_at && (
            <>
              {' · '}
              <RelativeTime at={last_sent_at} />
            </>
          )}
        </span>
      </span>
      {last_error && <span className={classes.failed}>{last_error}</span>}
    </span>
  )
}

const SinkButtons = ({ sink, edit }: { sink: SinkView; edit(sink: SinkView): void }) => {
  const { isBusy, run } = useBusy(sink.id, sink.name)
  const test = () =>
    run(async () => {
      const { data } = await callApi<SinkTest>(`/api/audit/sinks/${sink.id}/test`, { method: 'POST', body: {} })
      return { title: data.success ? 'It arrived' : 'It did not arrive', message: data.message }
    })
  const remove = () =>
    run(async () => {
      await callApi(`/api/audit/sinks/${sink.id}`, { method: 'DELETE', ifMatch: etagOf(sink) })
      return { title: `${sink.name} removed`, message: 'Nothing is sent there any more.' }
    })
  return (
    <Allowed to="audit:write">
      <span className={classes.buttons}>
        <Button variant="default" size="xs" loading={isBusy} onClick={test}>
          Test
        </Button>
        <Button variant="default" size="xs" onClick={() => edit(sink)} aria-label={`Edit ${sink.name}`}>
          Edit
        </Button>
        <Button variant="default" size="xs" onClick={remove} aria-label={`Remove ${sink.name}`}>
          Remove
        </Button>
      </span>
    </Allowed>
  )
}

const placeOf = ({ config: { url, host, port, file } }: SinkView): string => {
  if (typeof url === 'string') return url
  return typeof host === 'string' ? `${host}:${String(port)}` : `audit/${String(file)}.….ndjson`
}
