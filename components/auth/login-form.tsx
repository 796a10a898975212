'use client'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import classes from './auth-form.module.css'
import { signIn, signInSentences } from './sign-in.ts'

interface Props {
  next: string
  /** Why the identity provider's sign-in did not end well. */
  refusal?: string | undefined
  /** Other ways in. */
  children?: ReactNode
}

/** E-mail and password; every wrong sign-in reads the same. */
export const LoginForm = ({ next, refusal, children }: Props) => {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | undefined>(refusal)

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setError(undefined)
    const answer = await signIn(String(form.get('email')), String(form.get('password')))
    if (answer === 'signed_in') return window.location.assign(next)
    setBusy(false)
    setError(signInSentences[answer])
  }

  return (
    <form className={classes.form} method="post" onSubmit={submit}>
      {error && (
        <p role="alert" className={classes.error}>
          {error}
        </p>
      )}
      <TextInput label="E-mail" name="email" type="email" autoComplete="username" size="md" required autoFocus />
      <PasswordInput label="Password" name="password" autoComplete="current-password" size="md" required />
      <Button type="submit" size="md" loading={isBusy} fullWidth>
        Sign in
      </Button>
      {children}
    </form>
  )
}
