'use client'
import { TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { Controller, useFormContext } from 'react-hook-form'
import { Segments } from '#components/layout/segments'
import type { ConnectionRole } from '#lib/connectors/contract'
import classes from './connection-form.module.css'
import { inputId } from './field-focus.ts'
import { slugFrom } from './form-model.ts'
import { FormCell, FormSection } from './form-section.tsx'
import type { FormValues } from './form-values.ts'

export const roleLabels: Record<ConnectionRole, string> = { source: 'Source', destination: 'Destination' }

interface IdentitySectionProps {
  roles: readonly ConnectionRole[]
  /** A saved id is referenced by pipelines, so it no longer follows the name. */
  isSaved: boolean
  onRole: (role: ConnectionRole) => void
}

/** Name, id and role. */
export const IdentitySection = ({ roles, isSaved, onRole }: IdentitySectionProps) => {
  const { register, control, formState, setValue, getValues } = useFormContext<FormValues>()
  const [follows, setFollows] = useState(!isSaved && getValues('conn_id') === slugFrom(getValues('name')))
  const { errors } = formState
  const deriveId = (name: string) => {
    if (follows)
      setValue('conn_id', slugFrom(name), { shouldDirty: true, shouldValidate: errors.conn_id !== undefined })
  }
  // Whoever types before the page is live has typed into a field that told nobody.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page becomes live
  useEffect(() => {
    const input = document.getElementById(inputId('name'))
    if (!(input instanceof HTMLInputElement) || input.value === '' || getValues('conn_id') !== '') return
    setValue('name', input.value, { shouldDirty: true })
    deriveId(input.value)
  }, [])
  return (
    <FormSection title="Connection" intro="What people see in lists, and what pipelines call it.">
      <FormCell span={7} help="What people see in lists. It can be changed at any time.">
        <TextInput
          label="Connection name"
          placeholder="e.g. Orders database"
          id={inputId('name')}
          autoComplete="off"
          error={errors.name?.message}
          defaultValue={getValues('name')}
          {...register('name', { onChange: (event: { target: { value: string } }) => deriveId(event.target.value) })}
        />
      </FormCell>
      <FormCell
        span={5}
        helpId="help-conn_id"
        help={
          isSaved
            ? 'Pipelines and scripts name the connection by this id. Those that still say the old one go on working until another connection takes it.'
            : 'Pipelines and scripts name the connection by this id. It follows the name until you change it.'
        }
      >
        <TextInput
          label="Connection id"
          placeholder="e.g. orders-database"
          id={inputId('conn_id')}
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: classes.code }}
          error={errors.conn_id?.message}
          aria-describedby="help-conn_id"
          defaultValue={getValues('conn_id')}
          {...register('conn_id', { onChange: () => setFollows(false) })}
        />
      </FormCell>
      {roles.length > 1 && (
        <FormCell
          span={12}
          help="A source is read from; a destination is written to. The same database can be both, as two connections."
        >
          <span className={classes.label}>Role</span>
          <Controller
            name="role"
            control={control}
            render={({ field }) => (
              <Segments
                name="role"
                label="Role"
                options={roles.map((role) => ({ value: role, label: roleLabels[role] }))}
                value={field.value}
                onChange={(role) => {
                  field.onChange(role)
                  onRole(role)
                }}
              />
            )}
          />
        </FormCell>
      )}
    </FormSection>
  )
}
