'use client'
import { Button } from '@mantine/core'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { ButtonLink } from '#components/layout/button-link'
import { usePermissions } from '#components/layout/permissions'
import { showToast } from '#components/layout/toast'
import { UndoButton } from '#components/layout/undo-button'
import { liftedBy } from '#lib/auth/grant-levels'
import { ApiError, sentenceOf } from '#lib/client/problem'
import type { Attachment, CredentialView } from '#lib/credentials/schema'
import { deleteCredential, purgeCredential, restoreCredential, setStatus } from './actions.ts'
import classes from './credentials.module.css'

const DisableDialog = dynamic(() => import('./disable-dialog.tsx').then((module) => module.DisableDialog), {
  ssr: false,
})
const RestoreDialog = dynamic(() => import('./restore-dialog.tsx').then((module) => module.RestoreDialog), {
  ssr: false,
})
const RemoveDialog = dynamic(() => import('./remove-dialog.tsx').then((module) => module.RemoveDialog), { ssr: false })

interface ActionsProps {
  credential: CredentialView
  attachments: readonly Attachment[]
}

/** What may be done with a credential, by those who may. */
export const CredentialActions = ({ credential, attachments }: ActionsProps) => {
  const permissions = usePermissions()
  const { ask, close, isBusy, remove, dialog, turn, disable, restore, restoreAs } = useActions(credential)
  // One of the organization is looked after by those who look after all of them.
  const isMine = credential.scope === 'workspace' || permissions.includes('credentials:administer')
  const may = (permission: (typeof permissions)[number]) => isMine && permissions.includes(permission)
  const mayReplace = isMine && liftedBy('credential', credential.granted).includes('credentials:write')
  const edit = `/workspace/credentials/${credential.id}/edit`
  const isOff = credential.status === 'disabled'
  const isUsed = credential.used_by_count > 0
  return (
    <div className={classes.actions}>
      {credential.deleted_at !== null ? (
        <>
          {may('credentials:delete') && (
            <Button onClick={restore} loading={isBusy}>
              Restore
            </Button>
          )}
          {may('credentials:purge') && (
            <Button variant="default" onClick={() => ask('purge')}>
              Delete permanently
            </Button>
          )}
        </>
      ) : (
        <>
          {(may('credentials:write') || mayReplace) && (
            <>
              <ButtonLink href={edit}>Edit</ButtonLink>
              {credential.secret.set && (
                <ButtonLink variant="default" href={`${edit}?replace=secret`}>
                  Replace secret
                </ButtonLink>
              )}
            </>
          )}
          {may('credentials:write') && (
            <Button
              variant="default"
              loading={isBusy}
              onClick={() => (isOff ? turn('active') : isUsed ? ask('disable') : turn('disabled'))}
            >
              {isOff ? 'Enable' : 'Disable'}
            </Button>
          )}
          {may('credentials:delete') && (
            <Button variant="default" onClick={() => ask('delete')}>
              Delete
            </Button>
          )}
        </>
      )}
      {dialog === 'restore' && <RestoreDialog taken={credential.name} onRestore={restoreAs} onClose={close} />}
      {dialog === 'disable' && <DisableDialog credential={credential} onDisable={disable} onClose={close} />}
      {(dialog === 'delete' || dialog === 'purge') && (
        <RemoveDialog
          credential={credential}
          attachments={attachments}
          kind={dialog}
          canForce={permissions.includes('credentials:purge')}
          onRemove={remove}
          onClose={close}
        />
      )}
    </div>
  )
}

const useActions = (credential: CredentialView) => {
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const [dialog, setDialog] = useState<'disable' | 'delete' | 'purge' | 'restore'>()
  const { id, name } = credential
  const run = async (work: () => Promise<string>) => {
    setBusy(true)
    try {
      await showToast({ id: `done:${id}`, title: await work(), message: '', color: 'green' })
      router.refresh()
    } catch (error) {
      if (error instanceof ApiError && error.code === 'name_taken') return setDialog('restore')
      await showToast({
        id: `failed:${id}`,
        title: `${name} was not changed`,
        message: sentenceOf(error),
        color: 'red',
      })
    } finally {
      setBusy(false)
    }
  }
  const bringBack = async () => {
    await restoreCredential(credential)
    return `${name} restored`
  }
  const change = async (status: 'active' | 'disabled') => {
    await setStatus(credential, status)
    return status === 'active' ? `${name} can be used again` : `${name} disabled`
  }
  return {
    isBusy,
    dialog,
    ask: setDialog,
    close: () => setDialog(undefined),
    restore: () => void run(bringBack),
    restoreAs: async (as: string) => {
      await restoreCredential(credential, as)
      setDialog(undefined)
      router.refresh()
      await showToast({ id: `done:${id}`, title: `${as} restored`, message: '', color: 'green' })
    },
    turn: (status: 'active' | 'disabled') => void run(() => change(status)),
    /** The dialog says what does not work, so the error is its own. */
    disable: async () => {
      const title = await change('disabled')
      setDialog(undefined)
      router.refresh()
      await showToast({ id: `done:${id}`, title, message: '', color: 'green' })
    },
    remove: async (kind: 'delete' | 'purge', force: { reason: string } | undefined) => {
      await (kind === 'delete' ? deleteCredential : purgeCredential)(credential, force)
      router.push(kind === 'delete' ? '/workspace/credentials' : '/workspace/credentials?status=deleted')
      router.refresh()
      await showToast(
        kind === 'delete'
          ? {
              id: `deleted:${id}`,
              title: `${name} deleted`,
              message: <UndoButton onClick={() => void run(bringBack)} />,
              autoClose: 12_000,
            }
          : { id: `deleted:${id}`, title: `${name} deleted permanently`, message: '' },
      )
    },
  }
}
