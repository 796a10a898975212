'use client'
import { Button, Checkbox, NumberInput } from '@mantine/core'
import { useState } from 'react'
import { callApi } from '#lib/client/api'
import type { CredentialView } from '#lib/credentials/schema'
import form from '../../connections/connection-form.module.css'
import type { FormKind } from '../form-kinds.ts'
import { isStored, offeredFields } from '../form-model.ts'
import { KindFieldInput } from '../kind-field.tsx'
import { useCredentialForm } from '../use-credential-form.ts'
import classes from './rotation.module.css'

interface RotateFormProps {
  credential: CredentialView
  kind: FormKind
  onClose(): void
  onStarted(): Promise<void>
}

const defaultSoak_h = 72
const maxSoak_h = 24 * 90

/** The fields of the kind that change with a secret, and how the new one takes over. */
export const RotateForm = ({ credential, kind, onClose, onStarted }: RotateFormProps) => {
  const [soak_h, setSoak] = useState(defaultSoak_h)
  const [isAutomatic, setAutomatic] = useState(false)
  const submit = ({ config = {} }: { config?: unknown }) =>
    callApi(`/api/credentials/${encodeURIComponent(credential.id)}/rotate`, {
      method: 'POST',
      body: { config, soak_hours: soak_h, auto_promote: isAutomatic },
    })
  const onSaved = () => void onStarted()
  const state = useCredentialForm({ kind, saved: credential, isReplacing: true, onSaved, submit })
  const fields = offeredFields(kind, credential).filter(
    ({ name, group, isSecret }) => group === undefined || (isSecret && isStored(name, credential)),
  )
  return (
    <form
      className={classes.form}
      method="post"
      noValidate
      autoComplete="off"
      aria-label="New secret"
      onSubmit={(event) => {
        event.preventDefault()
        void state.save()
      }}
    >
      {state.problem && (
        <p className={form.notice} data-tone="danger" role="alert">
          {state.problem}
        </p>
      )}
      <div className={classes.fields}>
        {fields.map((field) => (
          <KindFieldInput key={field.name} field={field} state={state} />
        ))}
      </div>
      <div className={classes.options}>
        <NumberInput
          label="Keep the old secret for (hours)"
          value={soak_h}
          min={0}
          max={maxSoak_h}
          clampBehavior="strict"
          allowDecimal={false}
          onChange={(value) => setSoak(Number(value))}
        />
        <Checkbox
          label="Promote by itself when every test has passed"
          checked={isAutomatic}
          onChange={(event) => setAutomatic(event.currentTarget.checked)}
        />
      </div>
      <div className={classes.actions}>
        <Button type="submit" loading={state.isSaving}>
          {credential.used_by_count === 0 ? 'Stage new secret' : 'Test new secret'}
        </Button>
        <Button variant="subtle" color="gray" disabled={state.isSaving} onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
