'use client'
import { Textarea, TextInput } from '@mantine/core'
import { FormCell, FormSection } from '#components/connections/form-section'
import { Segments } from '#components/layout/segments'
import { environmentChoices } from '#lib/format/environment'
import form from '../connections/connection-form.module.css'
import { inputId } from '../connections/field-focus.ts'
import type { CredentialFormState } from './use-credential-form.ts'

const environments = environmentChoices('Any')

type LabelName = 'environment' | 'system' | 'owner_team' | 'description' | 'expires_at' | 'rotate_every_days'

/** What audits and filters read: where it belongs, whose it is, and when it has to be replaced. */
export const LabelFields = ({ state }: { state: CredentialFormState }) => {
  const bind = (name: LabelName) => ({
    id: inputId(name),
    value: state.values[name],
    error: state.errorAt(name),
    autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => {
      const value = event.currentTarget.value
      state.set((from) => ({ ...from, [name]: value }))
    },
  })
  const environment = environments.find(({ value }) => value === state.values.environment)?.value ?? ''
  return (
    <FormSection title="Labels" intro="All optional. Reviews, filters and warnings use them.">
      <FormCell help="Attaching it to a connection of another environment is pointed out everywhere.">
        <span className={form.label}>Environment</span>
        <Segments
          name="environment"
          label="Environment"
          options={environments}
          value={environment}
          onChange={(value) => state.set((from) => ({ ...from, environment: value }))}
        />
        {state.errorAt('environment') && <p className={form.error}>{state.errorAt('environment')}</p>}
      </FormCell>
      <FormCell span={6} help="What it opens, in your words.">
        <TextInput label="System" placeholder="e.g. Orders database" {...bind('system')} />
      </FormCell>
      <FormCell span={6} help="Who answers for it.">
        <TextInput label="Owner team" placeholder="e.g. Data platform" {...bind('owner_team')} />
      </FormCell>
      <FormCell span={6} help="When the other system stops accepting it. You are told 14 days before.">
        <TextInput label="Expires on" type="date" {...bind('expires_at')} />
      </FormCell>
      <FormCell span={6} help="Counted from when the secret was last replaced.">
        <TextInput
          label="Rotate every (days)"
          inputMode="numeric"
          placeholder="e.g. 90"
          {...bind('rotate_every_days')}
        />
      </FormCell>
      <FormCell help="What it is for, and how to get a new one.">
        <Textarea label="Description" rows={3} {...bind('description')} />
      </FormCell>
    </FormSection>
  )
}
