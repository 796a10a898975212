'use client'
import { Button, Modal, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import form from '../layout/form.module.css'
import classes from './auth-form.module.css'
import { confirmedChannel } from './confirmed-channel.ts'
import { signIn, signInSentences } from './sign-in.ts'

interface Props {
  user: { id: string; name: string; email: string | null }
  onDone(isSignedIn: boolean): void
}

/**
 * The session has ended under a page with work on it: the same person signs in again in front of it, and what was asked of
 * the server goes on. Nothing on the page is stored anywhere meanwhile.
 */
export const SignInAgain = ({ user, onDone }: Props) => {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()

  const check = async () => {
    const id = await signedInId()
    if (id === user.id) return onDone(true)
    setBusy(false)
    setError(
      id === undefined
        ? 'That did not work. Try again.'
        : `You are signed in as somebody else now. This page holds the work of ${user.name}: sign in as that person, or reload the page.`,
    )
  }
  useEffect(() => {
    const channel = new BroadcastChannel(confirmedChannel)
    channel.onmessage = () => void check()
    return () => channel.close()
  })
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    // React bubbles events of this dialog into the form it was opened from.
    event.stopPropagation()
    const given = new FormData(event.currentTarget)
    setBusy(true)
    setError(undefined)
    const answer = await signIn(String(given.get('email')), String(given.get('password')))
    if (answer === 'signed_in') return check()
    setBusy(false)
    setError(signInSentences[answer])
  }
  return (
    <Modal
      opened
      onClose={() => onDone(false)}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      zIndex={400}
      size="sm"
      title="Your session has ended"
    >
      <form className={classes.form} method="post" onSubmit={submit}>
        <p>Sign in again to go on. Everything you have typed is still here.</p>
        {error && (
          <p role="alert" className={classes.error}>
            {error}
          </p>
        )}
        <TextInput
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={user.email ?? ''}
          required
        />
        <PasswordInput
          label="Your password"
          name="password"
          autoComplete="current-password"
          required
          autoFocus
          data-autofocus
        />
        <div className={form.actions}>
          <Button variant="subtle" component="a" href={elsewhere} target="_blank" rel="opener">
            Sign in another way
          </Button>
          <Button variant="default" onClick={() => onDone(false)}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy}>
            Sign in
          </Button>
        </div>
      </form>
    </Modal>
  )
}

// A tab of its own with every way in; it says when it is done and closes itself.
const elsewhere = '/login?callbackUrl=/confirmed'

/** Who the browser is signed in as; asked past the queue of calls that wait for exactly this. */
const signedInId = async (): Promise<string | undefined> => {
  try {
    const response = await fetch('/api/workspace', { headers: { accept: 'application/json' } })
    const body = (await response.json()) as { data?: { user?: { id?: string } } }
    return response.ok ? body.data?.user?.id : undefined
  } catch {
    return undefined
  }
}
