'use client'
import { Button, PasswordInput } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { passwordLength, weaknessOf } from '#lib/auth/password-rules'
import { callApi } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import form from '../layout/form.module.css'
import classes from './account.module.css'

const blank = { current_password: '', password: '' }

/** A new password; every other session ends with the old one. */
export const PasswordForm = ({ name, email }: { name: string; email: string }) => {
  const router = useRouter()
  const [typed, setTyped] = useState(blank)
  const [isBusy, setBusy] = useState(false)
  const [done, setDone] = useState<string>()
  const [error, setError] = useState<unknown>()
  const fields: ReadonlyMap<string, string> = error instanceof ApiError ? error.fields : new Map()
  const isElsewhere = error !== undefined && !fields.has('/current_password') && !fields.has('/password')
  const weakness = typed.password === '' ? undefined : weaknessOf(typed.password, { name, email })

  const change = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    setDone(undefined)
    try {
      const { data } = await callApi<{ ended: number }>('/api/session/password', { method: 'POST', body: typed })
      setTyped(blank)
      setDone(`Your password is changed. ${endedSentence(data.ended)}`)
      router.refresh()
    } catch (problem) {
      setError(problem)
    }
    setBusy(false)
  }

  const bind = (key: keyof typeof blank) => ({
    name: key,
    value: typed[key],
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) =>
      setTyped((before) => ({ ...before, [key]: currentTarget.value })),
    required: true,
  })
  return (
    <form className={form.card} method="post" onSubmit={change}>
      {done && (
        <p role="status" className={classes.done}>
          {done}
        </p>
      )}
      <FormError>{isElsewhere && sentenceOf(error)}</FormError>
      <div className={form.pair}>
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          error={fields.get('/current_password')}
          {...bind('current_password')}
        />
        <PasswordInput
          label="New password"
          autoComplete="new-password"
          description={`At least ${passwordLength.min} characters; a few unrelated words work well.`}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          error={fields.get('/password') ?? weakness}
          {...bind('password')}
        />
      </div>
      <p className={form.note}>All your other sessions end.</p>
      <div className={form.actions}>
        <Button type="submit" loading={isBusy} disabled={weakness !== undefined || typed.password === ''}>
          Change password
        </Button>
      </div>
    </form>
  )
}

const endedSentence = (ended: number): string =>
  ended === 0
    ? 'You were signed in nowhere else.'
    : `${ended === 1 ? 'One other session' : `${ended} other sessions`} ended.`
