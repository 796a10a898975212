'use client'
import { Button, Loader, Modal, PasswordInput } from '@mantine/core'
import { type FormEvent, type KeyboardEvent, useEffect, useState } from 'react'
import type { SessionState } from '#lib/auth/schema'
import { callApi } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import form from '../layout/form.module.css'
import classes from './auth-form.module.css'
import { ConfirmAtProvider } from './confirm-at-provider.tsx'

interface Props {
  onDone(isConfirmed: boolean): void
}

// The dialog underneath listens for Escape on the window: it must not close together with this one.
const own = { 'data-mantine-stop-propagation': 'true' }

/** The password once more, in front of whatever was being done. */
export const ConfirmDialog = ({ onDone }: Props) => {
  const cancelOnEscape = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onDone(false)
  }
  return (
    <Modal
      opened
      onClose={() => onDone(false)}
      onKeyDown={cancelOnEscape}
      closeOnEscape={false}
      withCloseButton={false}
      zIndex={400}
      size="sm"
      title="Confirm that it is you"
    >
      <Ways onDone={onDone} />
    </Modal>
  )
}

/** By password, at the identity provider, or the choice of both. */
const Ways = ({ onDone }: Props) => {
  const [session, setSession] = useState<Pick<SessionState, 'has_password' | 'provider'>>()
  useEffect(() => {
    callApi<SessionState>('/api/session')
      .then(({ data }) => setSession(data))
      .catch(() => setSession({ has_password: true, provider: null }))
  }, [])
  if (!session) return <Loader size="sm" aria-label="Loading" />
  const { has_password, provider } = session
  return (
    <>
      {(has_password || provider === null) && <PasswordForm onDone={onDone} />}
      {provider !== null && <ConfirmAtProvider name={provider} isSecond={has_password} onDone={onDone} />}
    </>
  )
}

const PasswordForm = ({ onDone }: Props) => {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    // React bubbles events of this dialog into the form it was opened from.
    event.stopPropagation()
    const password = String(new FormData(event.currentTarget).get('password'))
    setBusy(true)
    try {
      await callApi('/api/session/confirm', { method: 'POST', body: { password } })
      onDone(true)
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }
  const sentence = error instanceof ApiError ? (error.fields.get('/password') ?? error.message) : undefined
  return (
    <form className={classes.form} method="post" onSubmit={submit}>
      <p>This moves secrets or cannot be undone, and your last sign-in was a while ago.</p>
      <PasswordInput
        {...own}
        label="Your password"
        name="password"
        autoComplete="current-password"
        error={sentence ?? (error !== undefined && sentenceOf(error))}
        required
        autoFocus
        data-autofocus
      />
      <Actions isBusy={isBusy} label="Confirm" onCancel={() => onDone(false)} />
    </form>
  )
}

const Actions = ({ isBusy, label, onCancel }: { isBusy: boolean; label: string; onCancel(): void }) => (
  <div className={form.actions}>
    <Button {...own} variant="default" onClick={onCancel}>
      Cancel
    </Button>
    <Button {...own} type="submit" loading={isBusy}>
      {label}
    </Button>
  </div>
)
