'use client'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { showToast } from '#components/layout/toast'
import { callApi } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import type { CredentialView } from '#lib/credentials/schema'
import form from '../layout/form.module.css'
import { EnvironmentField } from './environment-field.tsx'

/** A username and password for databases; nothing typed is lost when saving fails. */
export const CredentialForm = () => {
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const fields: ReadonlyMap<string, string> = error instanceof ApiError ? error.fields : new Map()

  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = bodyOf(new FormData(event.currentTarget))
    setBusy(true)
    setError(undefined)
    try {
      const { data } = await callApi<CredentialView>('/api/credentials', { method: 'POST', body })
      await showToast({ id: `saved:${data.id}`, title: `${data.name} saved`, message: '', color: 'green' })
      router.push('/workspace/credentials')
      router.refresh()
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }

  return (
    <form className={form.card} method="post" onSubmit={save}>
      {error !== undefined && fields.size === 0 && (
        <p role="alert" className={form.error}>
          {sentenceOf(error)}
        </p>
      )}
      <TextInput
        label="Name"
        description="What people pick it by."
        name="name"
        placeholder="e.g. staging-postgres-etl"
        error={fields.get('/name')}
        required
        autoFocus
      />
      <div className={form.pair}>
        <TextInput
          label="Username"
          name="username"
          placeholder="e.g. etl_user"
          autoComplete="off"
          error={fields.get('/config/username')}
          required
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="new-password"
          error={fields.get('/config/password')}
        />
      </div>
      <EnvironmentField error={fields.get('/environment')} />
      <p className={form.note}>
        It is sealed to the first system you attach it to. Sending it anywhere else will need the password again.
      </p>
      <div className={form.actions}>
        <Button type="submit" loading={isBusy}>
          Save credential
        </Button>
        <Button variant="default" component={Link} href="/workspace/credentials">
          Cancel
        </Button>
      </div>
    </form>
  )
}

const bodyOf = (data: FormData) => {
  const text = (key: string) => String(data.get(key) ?? '')
  const password = text('password')
  return {
    name: text('name'),
    type: 'database',
    environment: text('environment') || null,
    config: { username: text('username'), ...(password !== '' && { password }) },
  }
}
