'use client'
import { Button, NativeSelect, Switch, TextInput } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { showToast } from '#components/layout/toast'
import { callApi, etagOf } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import type { WorkspaceSettings } from '#lib/workspaces/schema'
import form from '../layout/form.module.css'

/** What admins decide about the workspace. */
export const WorkspaceForm = ({ saved }: { saved: WorkspaceSettings }) => {
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const wrongName = error instanceof ApiError ? error.fields.get('/name') : undefined
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const body = {
      name: String(data.get('name')),
      fingerprints: String(data.get('fingerprints')),
      require_if_match: data.has('require_if_match'),
    }
    setBusy(true)
    setError(undefined)
    try {
      await callApi('/api/workspace', { method: 'PATCH', body, ifMatch: etagOf(saved) })
      await showToast({ id: 'workspace', title: 'Settings saved', message: '' })
      router.refresh()
    } catch (problem) {
      setError(problem)
    }
    setBusy(false)
  }
  return (
    <form className={form.card} method="post" onSubmit={save} aria-label="Workspace settings">
      <FormError>{error !== undefined && !wrongName && sentenceOf(error)}</FormError>
      <TextInput label="Name" name="name" defaultValue={saved.name} error={wrongName} required />
      <NativeSelect
        label="Fingerprints of secrets"
        name="fingerprints"
        description="A short code by which people see that a secret changed, without seeing the secret."
        defaultValue={saved.fingerprints}
        data={[
          { value: 'credential', label: 'Comparable within one credential' },
          { value: 'workspace', label: 'Equal secrets look equal in the whole workspace' },
          { value: 'off', label: 'Not shown' },
        ]}
      />
      <Switch
        label="Require If-Match"
        name="require_if_match"
        description="Scripts must say which version they change, so that nobody overwrites a change unseen. These pages always do."
        defaultChecked={saved.require_if_match}
      />
      <div className={form.actions}>
        <Button type="submit" loading={isBusy}>
          Save settings
        </Button>
      </div>
    </form>
  )
}
