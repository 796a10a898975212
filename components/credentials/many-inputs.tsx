'use client'
import { Button } from '@mantine/core'
import { ListRows, type Pair, PairRows } from '#components/layout/many-rows'
import { inputId } from '../connections/field-focus.ts'
import type { FormField } from './form-kinds.ts'
import { isStored } from './form-model.ts'
import type { CredentialFormState } from './use-credential-form.ts'

interface ManyProps {
  field: FormField
  state: CredentialFormState
}

/** Several values in an order. */
export const ListInput = ({ field, state }: ManyProps) => {
  const put = (next: string[]) => state.set((from) => ({ ...from, list: { ...from.list, [field.name]: next } }))
  return <ListRows {...frameOf({ field, state })} rows={state.values.list[field.name] ?? []} onChange={put} />
}

/** Several named secrets; stored ones are replaced together. */
export const MapInput = ({ field, state }: ManyProps) => {
  const { name } = field
  const put = (next: Pair[]) => state.set((from) => ({ ...from, map: { ...from.map, [name]: next } }))
  const keep = () => {
    put([{ key: '', value: '' }])
    state.set((from) => ({ ...from, secrets: { ...from.secrets, [name]: 'keep' } }))
  }
  return (
    <PairRows {...frameOf({ field, state })} isSecret rows={state.values.map[name] ?? []} onChange={put}>
      {isStored(name, state.view) && (
        <Button variant="subtle" size="compact-xs" onClick={keep}>
          Keep the stored ones
        </Button>
      )}
    </PairRows>
  )
}

const frameOf = ({ field: { name, label, help, required, placeholder }, state }: ManyProps) => ({
  id: inputId(`config.${name}`),
  label,
  placeholder,
  isRequired: required === true,
  error: state.errorAt(`config.${name}`),
  describedBy: help ? `help-${name}` : undefined,
})
