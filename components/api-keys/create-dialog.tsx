'use client'
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import type { ApiKeyView } from '#lib/auth/schema'
import { callApi } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import form from '../layout/form.module.css'
import classes from './api-keys.module.css'
import { ReachPicker } from './reach-picker.tsx'
import { ScopePicker } from './scope-picker.tsx'
import { ShowOnce } from './show-once.tsx'

type Created = ApiKeyView & { key: string }

const lifetimes = [7, 30, 90, 180, 365].map((days) => ({ value: String(days), label: `${days} days` }))

/** Makes a key, then shows it exactly once. */
export const CreateDialog = ({ onClose }: { onClose(): void }) => {
  const [created, setCreated] = useState<Created>()
  return (
    <Modal
      classNames={{ header: classes.head }}
      opened
      onClose={onClose}
      size={created ? 'lg' : 'xl'}
      title={created ? 'Copy the key now' : 'New API key'}
      // Once the key is on screen only a decision closes it: it cannot be shown again.
      closeOnClickOutside={!created}
      closeOnEscape={!created}
      withCloseButton={!created}
    >
      {created ? (
        <ShowOnce secret={created.key} onClose={onClose} />
      ) : (
        <CreateForm onCreated={setCreated} onClose={onClose} />
      )}
    </Modal>
  )
}

const CreateForm = ({ onCreated, onClose }: { onCreated(key: Created): void; onClose(): void }) => {
  const [scopes, setScopes] = useState<string[]>(['connections:read', 'connections:test'])
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const fields: ReadonlyMap<string, string> = error instanceof ApiError ? error.fields : new Map()

  const create = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const body = {
      name: String(data.get('name')),
      scopes,
      environments: data.getAll('environments').map(String),
      connections: wordsOf(data.get('connections')),
      expires_in_days: Number(data.get('days')),
      ip_allowlist: wordsOf(data.get('from')),
    }
    setBusy(true)
    setError(undefined)
    try {
      onCreated((await callApi<Created>('/api/api-keys', { method: 'POST', body })).data)
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }

  return (
    <form className={form.body} method="post" onSubmit={create}>
      <FormError>
        {error !== undefined && !atField.some((pointer) => errorAt(fields, pointer)) && sentenceOf(error)}
      </FormError>
      <div className={form.pair}>
        <TextInput
          label="Name"
          name="name"
          placeholder="e.g. airflow-prod"
          error={fields.get('/name')}
          required
          data-autofocus
        />
        <NativeSelect label="Expires after" name="days" data={lifetimes} defaultValue="90" />
      </div>
      <TextInput
        label="Works from"
        name="from"
        description="Addresses or ranges such as 10.0.0.0/8, with spaces between them."
        placeholder="Anywhere"
        error={errorAt(fields, '/ip_allowlist')}
      />
      <ScopePicker value={scopes} onChange={setScopes} />
      <ReachPicker
        isNeeded={scopes.includes('connections:resolve')}
        errors={{ environments: errorAt(fields, '/environments'), connections: errorAt(fields, '/connections') }}
      />
      <div className={form.choice}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={isBusy} disabled={scopes.length === 0}>
          Create key
        </Button>
      </div>
    </form>
  )
}

const wordsOf = (text: FormDataEntryValue | null): string[] =>
  String(text ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)

/** What is said at its field is not said again above the form. */
const atField = ['/name', '/ip_allowlist', '/environments', '/connections']

/** The server names the entry of a list that it does not understand; here they share one field. */
const errorAt = (fields: ReadonlyMap<string, string>, field: string): string | undefined =>
  [...fields].find(([pointer]) => pointer === field || pointer.startsWith(`${field}/`))?.[1]
