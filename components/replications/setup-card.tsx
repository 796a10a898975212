'use client'
import { Button } from '@mantine/core'
import { IconStethoscope, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { Badge } from '#components/layout/badge'
import { Facts } from '#components/layout/facts'
import { Allowed } from '#components/layout/permissions'
import { RelativeTime } from '#components/layout/relative-time'
import { plural } from '#lib/format/number'
import type { ReplicationView } from '#lib/replications/schema'
import { visibleName } from '../data-sources/file-names.ts'
import { DropDialog } from './drop-dialog.tsx'
import { ForgetDialog } from './forget-dialog.tsx'
import { LagGraph } from './lag-graph.tsx'
import classes from './replication.module.css'
import { bytesOf, slotState, walStatus } from './slot-words.ts'

interface SetupCardProps {
  source: string
  isProduction: boolean
  view: ReplicationView
  onCheck(): void
  onDrop(say: (step: string) => void): Promise<void>
  onForgotten(): Promise<void>
}

/** One set-up: how its slot is, how far behind it was, and the ways on. */
export const SetupCard = (props: SetupCardProps) => {
  const { source, isProduction, view, onCheck, onDrop, onForgotten } = props
  const [asking, setAsking] = useState<'drop' | 'forget'>()
  const { tone, words, sentence } = slotState(view)
  return (
    <section className={classes.card} aria-label={`Slot ${view.slot}`}>
      <header className={classes.cardHead}>
        <h2>
          <code>{view.slot}</code>
        </h2>
        <Badge tone={tone}>{words}</Badge>
        <p className={classes.dim}>
          {view.checked_at === null ? (
            'Not looked at yet'
          ) : (
            <>
              Looked at <RelativeTime at={view.checked_at} />
            </>
          )}
        </p>
        <Allowed to="data-sources:replicate">
          <div className={classes.cardActions}>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconStethoscope size={14} aria-hidden />}
              onClick={onCheck}
            >
              Check and preview
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconTrash size={14} aria-hidden />}
              onClick={() => setAsking('drop')}
            >
              Drop …
            </Button>
            <Button size="xs" variant="subtle" color="gray" onClick={() => setAsking('forget')}>
              Forget …
            </Button>
          </div>
        </Allowed>
      </header>
      {sentence && (
        <p className={classes.meaning} data-tone={tone}>
          {sentence}
        </p>
      )}
      {view.problem && (
        <p className={classes.meaning} data-tone="danger" role="alert">
          It could not be looked at: {view.problem}
        </p>
      )}
      <SlotFacts view={view} />
      {view.checked_at !== null && view.slot_made && <LagGraph source={source} view={view} />}
      {asking === 'drop' && (
        <DropDialog view={view} isProduction={isProduction} onDrop={onDrop} onClose={() => setAsking(undefined)} />
      )}
      {asking === 'forget' && (
        <ForgetDialog source={source} view={view} onDone={onForgotten} onClose={() => setAsking(undefined)} />
      )}
    </section>
  )
}

const shownTables = 8

const SlotFacts = ({ view: { publication, tables, heartbeat, seen } }: { view: ReplicationView }) => {
  const nameOf = ({ schema, name }: { schema: string; name: string }) => `${visibleName(schema)}.${visibleName(name)}`
  const rest = tables.length - shownTables
  return (
    <Facts
      label="What is captured"
      facts={[
        ...(seen
          ? ([
              ['Reader', seen.active ? 'Connected' : 'None'],
              ['Behind by', bytesOf(seen.lag_bytes)],
              ['Kept on disk', bytesOf(seen.retained_bytes)],
              ['Room left', seen.safe_bytes === null ? 'No limit but the disk' : bytesOf(seen.safe_bytes)],
              ['Log', walStatus(seen.wal_status)],
            ] as const)
          : []),
        ['Publication', <code key="publication">{visibleName(publication)}</code>],
        [
          'Tables',
          <span key="tables">
            <bdi>{tables.slice(0, shownTables).map(nameOf).join(', ')}</bdi>
            {rest > 0 && ` and ${plural(rest, 'more', 'more')}`}
          </span>,
        ],
        ...(heartbeat ? ([['Heartbeat table', <bdi key="heartbeat">{nameOf(heartbeat)}</bdi>]] as const) : []),
      ]}
    />
  )
}
