'use client'
import { useState } from 'react'
import { QuestionDialog } from '#components/layout/question-dialog'
import type { ReplicationView } from '#lib/replications/schema'
import classes from './replication.module.css'

interface DropDialogProps {
  view: ReplicationView
  isProduction: boolean
  onDrop(say: (step: string) => void): Promise<void>
  onClose(): void
}

/** Takes everything back that was set up here, the last step first. */
export const DropDialog = ({ view: { slot }, isProduction, onDrop, onClose }: DropDialogProps) => {
  const [at, setAt] = useState<string>()
  return (
    <QuestionDialog
      title={`Drop ${slot}?`}
      action="Drop and undo all steps"
      isDangerous
      onConfirm={async () => {
        await onDrop(setAt)
        onClose()
      }}
      onClose={onClose}
    >
      {isProduction && <p className={classes.production}>This source is in production.</p>}
      <p>
        All steps that were taken here are undone at the source, the last one first. Whoever reads from the slot stops
        there, and what it has not read is lost to it. Rows of the tables are not touched.
      </p>
      <p role="status" className={classes.dim}>
        {at !== undefined && `Undoing “${at}” …`}
      </p>
    </QuestionDialog>
  )
}
