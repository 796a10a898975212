'use client'
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { ShownOnce } from '#components/layout/shown-once'
import { roles } from '#lib/auth/permissions'
import { callApi } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import form from '../layout/form.module.css'
import { roleWords } from './access-words.ts'

/** Asks for an address and a role, then shows the link exactly once. */
export const InviteDialog = ({ onClose }: { onClose(): void }) => {
  const [link, setLink] = useState<string>()
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={link ? 'Send this link' : 'Invite somebody'}
      closeOnClickOutside={!link}
      closeOnEscape={!link}
      withCloseButton={!link}
    >
      {link ? <LinkOnce link={link} onClose={onClose} /> : <InviteForm onCreated={setLink} />}
    </Modal>
  )
}

const InviteForm = ({ onCreated }: { onCreated(link: string): void }) => {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const fields: ReadonlyMap<string, string> = error instanceof ApiError ? error.fields : new Map()
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const body = { email: String(data.get('email')), role: String(data.get('role')) }
    setBusy(true)
    setError(undefined)
    try {
      const { data: made } = await callApi<{ link: string }>('/api/invitations', { method: 'POST', body })
      onCreated(new URL(made.link, window.location.origin).href)
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }
  return (
    <form className={form.body} method="post" onSubmit={send}>
      <FormError>{error !== undefined && !fields.has('/email') && !fields.has('/role') && sentenceOf(error)}</FormError>
      <div className={form.pair}>
        <TextInput label="E-mail" name="email" type="email" error={fields.get('/email')} required data-autofocus />
        <NativeSelect
          label="Role"
          name="role"
          data={roles.map((role) => ({ value: role, label: roleWords[role] }))}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          defaultValue="builder"
          error={fields.get('/role')}
          description="Never more than yours."
        />
      </div>
      <div className={form.actions}>
        <Button type="submit" loading={isBusy}>
          Make the link
        </Button>
      </div>
    </form>
  )
}

const LinkOnce = ({ link, onClose }: { link: string; onClose(): void }) => (
  <div className={form.body}>
    <p className={form.note}>It works once and for seven days. It cannot be shown again; invite again for a new one.</p>
    <ShownOnce value={link} testId="invite-link" />
    <div className={form.actions}>
      <Button onClick={onClose}>Done</Button>
    </div>
  </div>
)
