'use client'
import { Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { QuestionDialog } from '#components/layout/question-dialog'
import type { SavedView } from '#lib/connection-views/schema'
import { changeView, createView } from './saved-views.ts'

interface ViewDialogProps {
  /** What the list shows. */
  now: Pick<SavedView, 'query' | 'columns' | 'density'>
  /** The one to rename; without it a new one is made. */
  view: SavedView | undefined
  mayShare: boolean
  onClose(): void
  onSaved(view: SavedView): void
}

/** Names a view, old or new. */
export const ViewDialog = ({ now, view, mayShare, onClose, onSaved }: ViewDialogProps) => {
  const [name, setName] = useState(view?.name ?? '')
  const [shared, setShared] = useState(false)
  const save = async () => {
    onSaved(view ? await changeView(view, { name }) : await createView({ ...now, name, shared }))
  }
  return (
    <QuestionDialog
      title={view ? 'Rename the view' : 'Save as a view'}
      action={view ? 'Rename' : 'Save view'}
      isReady={name.trim() !== ''}
      onConfirm={save}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        data-autofocus
        required
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {!view && mayShare && (
        <Switch
          label="Share with everybody in the workspace"
          checked={shared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
      )}
    </QuestionDialog>
  )
}
