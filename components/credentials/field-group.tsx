'use client'
import { FoldedGroup } from '#components/connections/folded-group'
import type { FormField } from './form-kinds.ts'
import { isStored } from './form-model.ts'
import { KindFieldInput } from './kind-field.tsx'
import type { CredentialFormState } from './use-credential-form.ts'

interface FieldGroupProps {
  title: string
  fields: readonly FormField[]
  state: CredentialFormState
}

/** A part of a kind that is closed until it is needed. */
export const FieldGroup = ({ title, fields, state }: FieldGroupProps) => (
  <FoldedGroup
    title={title}
    isUsed={fields.some(({ name }) => isStored(name, state.view))}
    hasError={fields.some(({ name }) => state.errorAt(`config.${name}`) !== undefined)}
  >
    {fields.map((field) => (
      <KindFieldInput key={field.name} field={field} state={state} />
    ))}
  </FoldedGroup>
)
