'use client'
import { QuestionDialog } from '#components/layout/question-dialog'
import type { ConnectionView } from '#lib/connections/schema'
import { plural } from '#lib/format/number'
import classes from './delete-dialog.module.css'

interface BulkDeleteDialogProps {
  chosen: readonly ConnectionView[]
  onClose(): void
  onDelete(): void
}

/** Says what breaks before anything does. */
export const BulkDeleteDialog = ({ chosen, onClose, onDelete }: BulkDeleteDialogProps) => {
  const used = chosen.filter(({ used_by_count }) => used_by_count > 0)
  const production = chosen.filter(({ environment }) => environment === 'prod')
  const confirm = async () => {
    onClose()
    onDelete()
  }
  return (
    <QuestionDialog
      title={`Delete ${plural(chosen.length, 'connection')}?`}
      action={`Delete ${plural(chosen.length, 'connection')}`}
      isDangerous
      onConfirm={confirm}
      onClose={onClose}
    >
      <ul className={classes.list}>
        {production.length > 0 && <li>{plural(production.length, 'connection')} of these belong to production.</li>}
        <li>
          {used.length === 0
            ? 'No pipeline refers to any of them.'
            : `Pipelines refer to ${plural(used.length, 'connection')} of these; what an active one uses stays.`}
        </li>
        <li>You can restore them from the Deleted tab. Their credentials stay.</li>
      </ul>
    </QuestionDialog>
  )
}
