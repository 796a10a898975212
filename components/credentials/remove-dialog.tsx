'use client'
import { Textarea, TextInput } from '@mantine/core'
import Link from 'next/link'
import { useState } from 'react'
import { QuestionDialog } from '#components/layout/question-dialog'
import type { Attachment, CredentialView } from '#lib/credentials/schema'
import { plural } from '#lib/format/number'
import classes from './credentials.module.css'

interface RemoveDialogProps {
  credential: CredentialView
  attachments: readonly Attachment[]
  /** Into the bin, or out of it for good. */
  kind: 'delete' | 'purge'
  /** May take it away from connections that use it, with a reason. */
  canForce: boolean
  onRemove(kind: 'delete' | 'purge', force: { reason: string } | undefined): Promise<void>
  onClose(): void
}

/** Says what breaks before anything does: which connections use it, and that a destroyed secret is gone. */
export const RemoveDialog = ({ credential, attachments, kind, canForce, onRemove, onClose }: RemoveDialogProps) => {
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const isPurge = kind === 'purge'
  const users = isPurge ? attachments : attachments.filter(({ connection }) => !connection.deleted)
  const isUsed = users.length > 0
  return (
    <QuestionDialog
      title={isPurge ? `Delete ${credential.name} permanently?` : `Delete ${credential.name}?`}
      action={isUsed && !canForce ? undefined : actionOf(isPurge, isUsed)}
      isDangerous
      isReady={(!isPurge || typed.trim() === credential.name) && (!isUsed || reason.trim() !== '')}
      onConfirm={() => onRemove(kind, isUsed ? { reason: reason.trim() } : undefined)}
      onClose={onClose}
    >
      {isUsed && <Users users={users} canForce={canForce} />}
      <p className={classes.note}>
        {isPurge
          ? 'Every version of its secret is destroyed. Nobody can bring it back.'
          : 'You can restore it from the Deleted tab, with its secret, until it is deleted permanently.'}
      </p>
      {isUsed && canForce && (
        <Textarea
          label="Why connections lose it"
          description="It is recorded in the audit trail."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          withAsterisk
          data-autofocus
        />
      )}
      {isPurge && (
        <TextInput
          label={`Type “${credential.name}” to confirm`}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
      )}
    </QuestionDialog>
  )
}

const actionOf = (isPurge: boolean, isUsed: boolean): string =>
  isPurge ? 'Delete permanently' : isUsed ? 'Delete anyway' : 'Delete credential'

const Users = ({ users, canForce }: { users: readonly Attachment[]; canForce: boolean }) => (
  <>
    <p className={classes.notice} data-tone="warning">
      {plural(users.length, 'connection')} {users.length === 1 ? 'uses' : 'use'} it.{' '}
      {canForce
        ? 'Attach another credential first. Deleted anyway, it leaves them unable to connect.'
        : 'Attach another credential to each of them first.'}
    </p>
    <ul className={classes.users}>
      {users.map(({ connection: { id, name, deleted } }) => (
        <li key={id}>
          {deleted ? `${name} (deleted)` : <Link href={`/workspace/connections/${id}/edit`}>{name}</Link>}
        </li>
      ))}
    </ul>
  </>
)
