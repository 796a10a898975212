'use client'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import classes from './auth-form.module.css'
import { signIn, signInSentences } from './sign-in.ts'

/** E-mail and password; every wrong sign-in reads the same. */
export const LoginForm = ({ next }: { next: string }) => {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()

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
    </form>
  )
}
