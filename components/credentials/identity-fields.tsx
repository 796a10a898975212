'use client'
import { TextInput } from '@mantine/core'
import { FormCell, FormSection } from '#components/connections/form-section'
import { Segments } from '#components/layout/segments'
import form from '../connections/connection-form.module.css'
import { inputId } from '../connections/field-focus.ts'
import type { CredentialFormState } from './use-credential-form.ts'

const scopes = [
  { value: 'workspace', label: 'This workspace' },
  { value: 'organization', label: 'Whole organization' },
] as const

/** Its name, and who can reach it. */
export const IdentityFields = ({ state, canShare }: { state: CredentialFormState; canShare: boolean }) => (
  <FormSection title="Credential" intro="What people pick it by.">
    <FormCell help="Say what it opens and for whom, such as staging-postgres-etl.">
      <TextInput
        label="Name"
        id={inputId('name')}
        placeholder="e.g. staging-postgres-etl"
        autoComplete="off"
        withAsterisk
        aria-required
        value={state.values.name}
        error={state.errorAt('name')}
        onChange={(event) => {
          const name = event.currentTarget.value
          state.set((from) => ({ ...from, name }))
        }}
      />
    </FormCell>
    {canShare && (
      <FormCell help="A credential of the organization can be attached in each of its workspaces.">
        <span className={form.label}>Scope</span>
        <Segments
          name="scope"
          label="Scope"
          options={scopes}
          value={state.values.scope}
          onChange={(scope) => state.set((from) => ({ ...from, scope }))}
        />
        {state.errorAt('scope') && <p className={form.error}>{state.errorAt('scope')}</p>}
      </FormCell>
    )}
  </FormSection>
)
