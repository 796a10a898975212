'use client'
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { ShownOnce } from '#components/layout/shown-once'
import { type Role, roles } from '#lib/auth/permissions'
import { callApi } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import form from '../layout/form.module.css'
import { roleNotes, roleWords } from './access-words.ts'

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
      {link ? <LinkOnce link={link} onClose={onClose} /> : <InviteForm onCreated={setLink} onClose={onClose} />}
    </Modal>
  )
}

const InviteForm = ({ onCreated, onClose }: { onCreated(link: string): void; onClose(): void }) => {
  const [role, setRole] = useState<Role>('builder')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const fields: ReadonlyMap<string, string> = error instanceof ApiError ? error.fields : new Map()
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = { email: String(new FormData(event.currentTarget).get('email')), role }
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
          data={roles.map((name) => ({ value: name, label: roleWords[name] }))}
          value={role}
          onChange={({ currentTarget }) => setRole(roles.find((name) => name === currentTarget.value) ?? 'builder')}
          error={fields.get('/role')}
          aria-describedby="role-note"
        />
      </div>
      <p id="role-note" className={form.note}>
        <b>{roleWords[role]}.</b> {roleNotes[role]}
      </p>
      <div className={form.choice}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
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
    <div className={form.choice}>
      <Button onClick={onClose}>Done</Button>
    </div>
  </div>
)
