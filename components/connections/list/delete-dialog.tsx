'use client'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { usePermissions } from '#components/layout/permissions'
import { QuestionDialog } from '#components/layout/question-dialog'
import { ReasonField } from '#components/layout/reason-field'
import type { ConnectionView, Usage } from '#lib/connections/schema'
import { plural } from '#lib/format/number'
import { pipelineHref } from '../../pipelines/list-query.ts'
import { readReplications } from '../../replications/api.ts'
import classes from './delete-dialog.module.css'
import { deleteConnection, purgeConnection, readActivePipelines } from './row-actions.ts'

interface DeleteDialogProps {
  connection: ConnectionView
  /** Into the bin, or out of it for good. */
  kind: 'delete' | 'purge'
  onClose(): void
  onDone(connection: ConnectionView): void
}

/** Says what breaks before anything does: what active pipelines use goes only with a reason, by those who may insist. */
export const DeleteDialog = ({ connection, kind, onClose, onDone }: DeleteDialogProps) => {
  const isPurge = kind === 'purge'
  const using = useActivePipelines(isPurge ? undefined : connection)
  const slots = useSlots(isPurge ? undefined : connection)
  const [reason, setReason] = useState('')
  const canForce = usePermissions().includes('connections:purge')
  const isUsed = using !== undefined && using.count > 0
  const confirm = async () => {
    if (isPurge) await purgeConnection(connection)
    else await deleteConnection(connection, isUsed ? reason.trim() : undefined)
    onDone(connection)
  }
  return (
    <QuestionDialog
      title={isPurge ? `Delete ${connection.name} permanently?` : `Delete ${connection.name}?`}
      action={slots.length > 0 || (isUsed && !canForce) ? undefined : actionOf(isPurge, isUsed)}
      isDangerous
      isReady={!isUsed || reason.trim() !== ''}
      onConfirm={confirm}
      onClose={onClose}
    >
      {slots.length > 0 && (
        <p className={classes.notice}>
          Change data capture keeps the replication {slots.length === 1 ? 'slot' : 'slots'} {slots.join(', ')} at this
          server. <Link href={`/workspace/data-sources/${connection.id}/cdc`}>Undo its set-up first.</Link>
        </p>
      )}
      {isUsed && <Users count={using.count} usages={using.usages} canForce={canForce} />}
      {slots.length === 0 && (
        <ul className={classes.list}>
          {consequences(connection, isPurge, using?.count).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      {isUsed && canForce && <ReasonField label="Why pipelines lose it" value={reason} onChange={setReason} />}
    </QuestionDialog>
  )
}

const useActivePipelines = (connection: ConnectionView | undefined) => {
  const [using, setUsing] = useState<Awaited<ReturnType<typeof readActivePipelines>>>()
  useEffect(() => {
    if (!connection) return
    // Where it cannot be read, the server still refuses.
    readActivePipelines(connection).then(setUsing, () => undefined)
  }, [connection])
  return using
}

/** Slots that would be left behind, filling the disk of their server. */
const useSlots = (connection: ConnectionView | undefined): string[] => {
  const [slots, setSlots] = useState<string[]>([])
  useEffect(() => {
    if (!connection) return
    const keep = (views: Awaited<ReturnType<typeof readReplications>>) =>
      setSlots(views.filter(({ slot_made }) => slot_made).map(({ slot }) => slot))
    // Where it cannot be read, the server still refuses.
    readReplications(connection.id).then(keep, () => undefined)
  }, [connection])
  return slots
}

const actionOf = (isPurge: boolean, isUsed: boolean): string =>
  isPurge ? 'Delete permanently' : isUsed ? 'Delete anyway' : 'Delete connection'

const Users = ({ count, usages, canForce }: { count: number; usages: readonly Usage[]; canForce: boolean }) => (
  <>
    <p className={classes.notice}>
      {plural(count, 'active pipeline')} {count === 1 ? 'uses' : 'use'} it. Deactivate {count === 1 ? 'it' : 'them'}{' '}
      first.{canForce && ' Deleted anyway, the next run fails.'}
    </p>
    <ul className={classes.list}>
      {usages.map(({ pipeline, node, pointer }) => (
        <li key={`${pipeline.key} ${pointer}`}>
          <Link href={pipelineHref(pipeline.key)}>{pipeline.name}</Link>
          {node && ` · ${node}`}
        </li>
      ))}
    </ul>
  </>
)

const consequences = (
  { conn_id, used_by_count, credential }: ConnectionView,
  isPurge: boolean,
  active = 0,
): string[] => [
  ...(active > 0 ? [] : [referencesTo(conn_id, used_by_count)]),
  isPurge
    ? 'Its settings and test results are removed. This cannot be undone.'
    : 'You can restore it, with its settings and test results, from the Deleted tab.',
  ...(credential ? [`The credential “${credential.name}” stays.`] : []),
]

const referencesTo = (connId: string, count: number): string =>
  count > 0
    ? `${plural(count, 'pipeline')} ${count === 1 ? 'refers' : 'refer'} to “${connId}”.`
    : `No pipeline refers to “${connId}”.`
