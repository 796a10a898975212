'use client'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { weaknessOf } from '#lib/auth/password-rules'
import { callApi } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import classes from './auth-form.module.css'
import { PasswordStrength } from './password-strength.tsx'
import { signIn } from './sign-in.ts'

/** Makes the owner, signs in and lands on the list. */
export const SetupForm = ({ token }: { token: string }) => {
  const [owner, setOwner] = useState({ name: '', email: '', password: '' })
  const [workspace, setWorkspace] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const fields: ReadonlyMap<string, string> = error instanceof ApiError ? error.fields : new Map()
  const weakness = weaknessOf(owner.password, owner)
  const isElsewhere =
    error !== undefined && !['/name', '/email', '/password', '/workspace'].some((at) => fields.has(at))

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      const body = { token, ...owner, ...(workspace.trim() && { workspace }) }
      const { data } = await callApi<{ email: string }>('/api/setup', { method: 'POST', body })
      const answer = await signIn(data.email, owner.password)
      window.location.assign(answer === 'signed_in' ? '/workspace/connections' : '/login')
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }

  const bind = (key: keyof typeof owner) => ({
    name: key,
    value: owner[key],
    error: fields.get(`/${key}`),
    onChange: (event: { currentTarget: { value: string } }) => setOwner({ ...owner, [key]: event.currentTarget.value }),
    required: true,
    size: 'md',
  })
  return (
    <form className={classes.form} method="post" onSubmit={submit}>
      {isElsewhere && (
        <p role="alert" className={classes.error}>
          {sentenceOf(error)}
        </p>
      )}
      <TextInput label="Your name" autoComplete="name" autoFocus {...bind('name')} />
      <TextInput label="E-mail" type="email" autoComplete="username" {...bind('email')} />
      <div>
        <PasswordInput
          label="Password"
          autoComplete="new-password"
          aria-describedby="password-rule"
          {...bind('password')}
        />
        <PasswordStrength password={owner.password} weakness={weakness} />
      </div>
      <TextInput
        label="Workspace name"
        placeholder="e.g. Data platform"
        value={workspace}
        error={fields.get('/workspace')}
        onChange={(event) => setWorkspace(event.currentTarget.value)}
        size="md"
      />
      <Button type="submit" size="md" loading={isBusy} disabled={weakness !== undefined} fullWidth>
        Create the owner account
      </Button>
    </form>
  )
}
