'use client'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { PasswordStrength } from '#components/auth/password-strength'
import { weaknessOf } from '#lib/auth/password-rules'
import { callApi } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import type { InvitationFacts } from '#lib/members/schema'
import classes from '../auth/auth-form.module.css'
import { signIn } from '../auth/sign-in.ts'
import { roleNotes, roleWords } from './access-words.ts'

interface Opened extends InvitationFacts {
  token: string
}

/** Reads the token from behind the “#”, takes it out of the address, and joins. */
export const AcceptForm = () => {
  const [opened, setOpened] = useState<Opened>()
  const [error, setError] = useState<string>()

  useEffect(() => {
    const token = window.location.hash.slice(1)
    if (token === '') return setError('Open the whole link of the invitation, with what stands behind the “#”.')
    callApi<InvitationFacts>('/api/invitations/look', { method: 'POST', body: { token } })
      .then(({ data }) => {
        // Not left in the address and its history, where the next person at this browser finds it.
        window.history.replaceState(null, '', window.location.pathname)
        setOpened({ ...data, token })
      })
      .catch((problem: unknown) => setError(sentenceOf(problem)))
  }, [])

  if (opened) return <JoinForm invitation={opened} />
  return error ? (
    <p role="alert" className={classes.error}>
      {error}
    </p>
  ) : (
    <p>Looking at the invitation …</p>
  )
}

const JoinForm = ({ invitation }: { invitation: Opened }) => {
  const { token, email, workspace, role, has_account } = invitation
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const fields: ReadonlyMap<string, string> = error instanceof ApiError ? error.fields : new Map()
  const weakness = has_account ? undefined : weaknessOf(password, { name, email })
  const isElsewhere = error !== undefined && !fields.has('/name') && !fields.has('/password')

  const join = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      const body = { token, password, ...(!has_account && { name }) }
      await callApi('/api/invitations/accept', { method: 'POST', body })
      const answer = await signIn(email, password)
      window.location.assign(answer === 'signed_in' ? '/workspace/connections' : '/login')
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }

  return (
    <form className={classes.form} method="post" onSubmit={join}>
      <p>
        You join <strong>{workspace}</strong> as {roleWords[role].toLowerCase()}, with the address{' '}
        <strong>{email}</strong>. {roleNotes[role]}
      </p>
      {isElsewhere && (
        <p role="alert" className={classes.error}>
          {sentenceOf(error)}
        </p>
      )}
      {!has_account && (
        <TextInput
          label="Your name"
          name="name"
          autoComplete="name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fields.get('/name')}
          size="md"
          required
        />
      )}
      <div>
        <PasswordInput
          label={has_account ? 'Password of your account' : 'Password'}
          name="password"
          autoComplete={has_account ? 'current-password' : 'new-password'}
          {...(!has_account && { 'aria-describedby': 'password-rule' })}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={fields.get('/password')}
          size="md"
          required
        />
        {!has_account && <PasswordStrength password={password} weakness={weakness} />}
      </div>
      <Button type="submit" size="md" loading={isBusy} disabled={weakness !== undefined} fullWidth>
        Join the workspace
      </Button>
    </form>
  )
}
