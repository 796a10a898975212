'use client'
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { QuestionDialog } from '#components/layout/question-dialog'
import form from '../layout/form.module.css'

interface RestoreDialogProps {
  /** The name it had, which something else has now. */
  taken: string
  onRestore(name: string): Promise<void>
  onClose(): void
}

/** Asked where the name of what comes back was given away meanwhile. */
export const RestoreDialog = ({ taken, onRestore, onClose }: RestoreDialogProps) => {
  const [name, setName] = useState(`${taken} (restored)`)
  return (
    <QuestionDialog
      title={`Restore ${taken} under another name?`}
      action="Restore credential"
      isReady={name.trim() !== '' && name.trim() !== taken}
      onConfirm={() => onRestore(name.trim())}
      onClose={onClose}
    >
      <p className={form.note}>Another credential is called {taken} now. Its secret comes back unchanged.</p>
      <TextInput
        label="New name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={128}
        autoComplete="off"
        data-autofocus
      />
    </QuestionDialog>
  )
}
