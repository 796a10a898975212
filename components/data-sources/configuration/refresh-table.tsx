'use client'
import { Button } from '@mantine/core'
import { useInterval } from '@mantine/hooks'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { Badge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { type Column, Table } from '#components/layout/table'
import { showToast } from '#components/layout/toast'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { RefreshView } from '#lib/data-sources/schema'
import table from '../../layout/table.module.css'
import classes from './configuration.module.css'
import { durationOf, foundBy, scopeOf, statusWords, triggerWords } from './refresh-words.ts'

/** The last readings of the schema: what they found, how long they took, and why one failed. Looks again while one runs. */
export const RefreshTable = ({ source, refreshes }: { source: string; refreshes: readonly RefreshView[] }) => {
  const router = useRouter()
  const isRunning = refreshes.some(isOpen)
  const { start, stop } = useInterval(() => router.refresh(), lookMs)
  useEffect(() => {
    if (isRunning) start()
    return stop
  }, [isRunning, start, stop])
  const cancel = async (id: string) => {
    const path = `/api/data-sources/${encodeURIComponent(source)}/refreshes/${id}`
    await callApi(path, { method: 'DELETE' }).catch((error: unknown) =>
      showToast({ id: 'refresh', title: 'Not stopped', message: sentenceOf(error) }),
    )
    router.refresh()
  }
  if (refreshes.length === 0)
    return <p className={classes.note}>It was not read yet. Opening its tables or “Refresh now” reads it.</p>
  return (
    <Table label="Last refreshes" columns={columns}>
      {refreshes.map((refresh) => (
        <tr key={refresh.id} className={table.row}>
          <td>
            <Badge tone={tones[refresh.status]}>{statusWords[refresh.status]}</Badge>
          </td>
          <td className={`${table.dim} ${classes.brief}`}>
            <RelativeTime at={refresh.created_at} />
          </td>
          <td>
            {refresh.problem?.detail ?? foundBy(refresh)}
            <div className={classes.scope}>{scopeOf(refresh)}</div>
          </td>
          <td className={`${table.dim} ${classes.brief}`} data-from={54}>
            {durationOf(refresh)}
          </td>
          <td className={`${table.dim} ${classes.brief}`} data-from={64}>
            {triggerWords[refresh.trigger]}
          </td>
          <td>
            {isOpen(refresh) && (
              <Button size="compact-sm" variant="default" onClick={() => void cancel(refresh.id)}>
                Stop
              </Button>
            )}
          </td>
        </tr>
      ))}
    </Table>
  )
}

const lookMs = 2_000
const isOpen = ({ status }: RefreshView): boolean => status === 'queued' || status === 'running'

const tones = {
  queued: 'accent',
  running: 'accent',
  done: 'success',
  partial: 'warning',
  failed: 'danger',
  cancelled: 'neutral',
} as const

const columns: Column[] = [
  'State',
  'When',
  'Found',
  { title: 'Took', from: 54 },
  { title: 'Started', from: 64 },
  { title: 'Actions', isHidden: true },
]
