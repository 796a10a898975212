'use client'
import { Select } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import { Controller, useFormContext } from 'react-hook-form'
import classes from './connection-form.module.css'
import { inputId } from './field-focus.ts'
import { FormCell } from './form-section.tsx'
import type { FormValues } from './form-values.ts'

/** A stored credential that fits the connector. */
export interface CredentialChoice {
  id: string
  name: string
  /** Its public side, e.g. the username. */
  hint: string
  sealed_to: string | null
}

/** The picker of stored credentials. */
export const StoredLogin = ({ choices }: { choices: readonly CredentialChoice[] }) => {
  const { control, formState } = useFormContext<FormValues>()
  return (
    <Controller
      name="credential_id"
      control={control}
      render={({ field }) => {
        const chosen = choices.find(({ id }) => id === field.value)
        return (
          <FormCell help="Only credentials of a kind this connector understands are listed.">
            <Select
              label="Credential"
              id={inputId('credential_id')}
              ref={field.ref}
              searchable
              placeholder="Choose a credential"
              nothingFoundMessage="No credential fits that name."
              data={choices.map(({ id, name, hint }) => ({ value: id, label: hint ? `${name} · ${hint}` : name }))}
              value={field.value || null}
              onChange={(id) => field.onChange(id ?? '')}
              error={formState.errors.credential_id?.message}
            />
            {chosen?.sealed_to && (
              <p className={classes.meaning}>
                <IconShieldLock size={14} aria-hidden />
                Sealed to {chosen.sealed_to}. It is only ever sent there.
              </p>
            )}
          </FormCell>
        )
      }}
    />
  )
}
