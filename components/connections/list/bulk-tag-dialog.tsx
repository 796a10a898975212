'use client'
import { TagsInput } from '@mantine/core'
import { useState } from 'react'
import { QuestionDialog } from '#components/layout/question-dialog'
import type { ConnectionView } from '#lib/connections/schema'
import { plural } from '#lib/format/number'
import { slugFrom } from '../form-model.ts'

interface BulkTagDialogProps {
  chosen: readonly ConnectionView[]
  onClose(): void
  onRetag(add: readonly string[], take: readonly string[]): void
}

/** Which tags the chosen connections get and lose. */
export const BulkTagDialog = ({ chosen, onClose, onRetag }: BulkTagDialogProps) => {
  const [add, setAdd] = useState<string[]>([])
  const [take, setTake] = useState<string[]>([])
  const present = [...new Set(chosen.flatMap(({ tags }) => tags))].sort()
  const confirm = async () => {
    onClose()
    onRetag(add, take)
  }
  return (
    <QuestionDialog
      title={`Tags of ${plural(chosen.length, 'connection')}`}
      action="Change tags"
      isReady={add.length + take.length > 0}
      onConfirm={confirm}
      onClose={onClose}
    >
      <TagsInput
        label="Add"
        data-autofocus
        data={present}
        value={add}
        onChange={(tags) => setAdd([...new Set(tags.map(slugFrom).filter(Boolean))])}
      />
      <TagsInput
        label="Take off"
        data={present}
        value={take}
        onChange={(tags) => setTake(tags.filter((tag) => present.includes(tag)))}
      />
    </QuestionDialog>
  )
}
