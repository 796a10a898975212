'use client'
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { QuestionDialog } from '#components/layout/question-dialog'

interface InsertDialogProps {
  /** From what the statement reads. */
  guess: string
  action: string
  onConfirm(table: string): Promise<void>
  onClose(): void
}

/** Asks which table the rows are to go to. */
export const InsertDialog = ({ guess, action, onConfirm, onClose }: InsertDialogProps) => {
  const [table, setTable] = useState(guess)
  return (
    <QuestionDialog
      title="Rows as INSERT"
      action={action}
      isReady={table.trim() !== ''}
      onConfirm={() => onConfirm(table.trim())}
      onClose={onClose}
    >
      <TextInput
        label="Table"
        description="As it stands in the statement, quoted where it has to be."
        value={table}
        onChange={(event) => setTable(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
    </QuestionDialog>
  )
}
