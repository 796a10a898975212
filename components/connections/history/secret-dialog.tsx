'use client'
import { PasswordInput } from '@mantine/core'
import { useState } from 'react'
import { QuestionDialog } from '../../layout/question-dialog.tsx'
import { fieldWords } from '../field-words.ts'

interface SecretDialogProps {
  version: number
  /** Why the stored secret is not sent there. */
  sentence: string
  /** Names of the secret fields that are set. */
  fields: readonly string[]
  onConfirm(secret: Record<string, string>): Promise<void>
  onClose(): void
}

/** A version that leads somewhere else: the secret is typed again, because the stored one stays where it belongs. */
export const SecretDialog = ({ version, sentence, fields, onConfirm, onClose }: SecretDialogProps) => {
  const [typed, setTyped] = useState<Record<string, string>>({})
  return (
    <QuestionDialog
      title={`Version ${version} goes somewhere else`}
      action={fields.length === 0 ? undefined : 'Return with this secret'}
      isReady={fields.every((field) => typed[field])}
      onConfirm={() => onConfirm(typed)}
      onClose={onClose}
    >
      <p>{sentence}</p>
      {fields.map((field, i) => (
        <PasswordInput
          key={field}
          label={fieldWords(field)}
          value={typed[field] ?? ''}
          onChange={({ currentTarget: { value } }) => setTyped((now) => ({ ...now, [field]: value }))}
          autoComplete="new-password"
          data-autofocus={i === 0 || undefined}
        />
      ))}
    </QuestionDialog>
  )
}
