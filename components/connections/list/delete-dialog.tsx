'use client'
import { QuestionDialog } from '#components/layout/question-dialog'
import type { ConnectionView } from '#lib/connections/schema'
import { plural } from '#lib/format/number'
import classes from './delete-dialog.module.css'
import { deleteConnection, purgeConnection } from './row-actions.ts'

interface DeleteDialogProps {
  connection: ConnectionView
  /** Into the bin, or out of it for good. */
  kind: 'delete' | 'purge'
  onClose(): void
  onDone(connection: ConnectionView): void
}

/** Says what breaks before anything does. */
export const DeleteDialog = ({ connection, kind, onClose, onDone }: DeleteDialogProps) => {
  const isPurge = kind === 'purge'
  const confirm = async () => {
    await (isPurge ? purgeConnection(connection) : deleteConnection(connection))
    onDone(connection)
  }
  return (
    <QuestionDialog
      title={isPurge ? `Delete ${connection.name} permanently?` : `Delete ${connection.name}?`}
      action={isPurge ? 'Delete permanently' : 'Delete connection'}
      isDangerous
      onConfirm={confirm}
      onClose={onClose}
    >
      <ul className={classes.list}>
        {consequences(connection, isPurge).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </QuestionDialog>
  )
}

const consequences = ({ conn_id, used_by_count, credential }: ConnectionView, isPurge: boolean): string[] => [
  used_by_count > 0
    ? `${plural(used_by_count, 'pipeline')} ${used_by_count === 1 ? 'refers' : 'refer'} to “${conn_id}”. Their runs will fail.`
    : `No pipeline refers to “${conn_id}”.`,
  isPurge
    ? 'Its settings and test results are removed. This cannot be undone.'
    : 'You can restore it, with its settings and test results, from the Deleted tab.',
  ...(credential ? [`The credential “${credential.name}” stays.`] : []),
]
