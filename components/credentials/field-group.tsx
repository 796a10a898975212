'use client'
import { useState } from 'react'
import form from '../connections/connection-form.module.css'
import classes from './credentials.module.css'
import type { FormField } from './form-kinds.ts'
import { isStored } from './form-model.ts'
import { KindFieldInput } from './kind-field.tsx'
import type { CredentialFormState } from './use-credential-form.ts'

interface FieldGroupProps {
  title: string
  fields: readonly FormField[]
  state: CredentialFormState
}

/** Fields most people do not need: closed until somebody opens it, something is stored in it, or something in it is wrong. */
export const FieldGroup = ({ title, fields, state }: FieldGroupProps) => {
  const [isOpen, setOpen] = useState(() => fields.some(({ name }) => isStored(name, state.view)))
  const hasError = fields.some(({ name }) => state.errorAt(`config.${name}`) !== undefined)
  return (
    <details
      className={classes.group}
      open={isOpen || hasError}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{title}</summary>
      <div className={form.fields}>
        {fields.map((field) => (
          <KindFieldInput key={field.name} field={field} state={state} />
        ))}
      </div>
    </details>
  )
}
