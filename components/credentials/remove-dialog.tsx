'use client'
import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import Link from 'next/link'
import { type FormEvent, useState } from 'react'
import { sentenceOf } from '#lib/client/problem'
import type { Attachment, CredentialView } from '#lib/credentials/schema'
import { plural } from '#lib/format/number'
import dialog from '../connections/list/delete-dialog.module.css'
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
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const isPurge = kind === 'purge'
  const users = isPurge ? attachments : attachments.filter(({ connection }) => !connection.deleted)
  const isUsed = users.length > 0
  const isConfirmed = (!isPurge || typed.trim() === credential.name) && (!isUsed || reason.trim() !== '')

  const confirm = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await onRemove(kind, isUsed ? { reason: reason.trim() } : undefined)
    } catch (problem) {
      setError(sentenceOf(problem))
      setBusy(false)
    }
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={isPurge ? `Delete ${credential.name} permanently?` : `Delete ${credential.name}?`}
      centered
    >
      <form className={dialog.body} method="post" onSubmit={confirm}>
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
        {error && (
          <p role="alert" className={dialog.error}>
            {error}
          </p>
        )}
        <div className={dialog.actions}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          {(!isUsed || canForce) && (
            <Button type="submit" color="red.8" loading={isBusy} disabled={!isConfirmed}>
              {isPurge ? 'Delete permanently' : isUsed ? 'Delete anyway' : 'Delete credential'}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  )
}

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
