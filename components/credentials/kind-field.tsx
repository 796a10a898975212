'use client'
import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { FormCell } from '#components/connections/form-section'
import form from '../connections/connection-form.module.css'
import { inputId } from '../connections/field-focus.ts'
import type { FormField } from './form-kinds.ts'
import { ListInput, MapInput } from './many-inputs.tsx'
import { SecretInput } from './secret-input.tsx'
import { StoredSecret } from './stored-secret.tsx'
import type { CredentialFormState } from './use-credential-form.ts'

interface KindFieldProps {
  field: FormField
  state: CredentialFormState
}

/** One field of a kind with its help, drawn by its widget; a stored secret as the fact that there is one. */
export const KindFieldInput = ({ field, state }: KindFieldProps) => {
  const { name, help, widget, isSecret } = field
  const isShort = widget === 'text' || widget === 'secret' || widget === 'number' || widget === 'select'
  const isKept = isSecret && state.values.secrets[name] !== 'set'
  return (
    <FormCell span={isShort && !isKept ? 6 : 12} help={help} helpId={`help-${name}`}>
      {isKept ? <StoredSecret field={field} state={state} /> : <Widget field={field} state={state} />}
    </FormCell>
  )
}

const Widget = ({ field, state }: KindFieldProps) => {
  const { name, label, help, placeholder, required, widget, isSecret, options } = field
  const path = `config.${name}`
  const setText = (text: string) => state.set((from) => ({ ...from, text: { ...from.text, [name]: text } }))
  if (widget === 'map') return <MapInput field={field} state={state} />
  if (widget === 'list') return <ListInput field={field} state={state} />
  if (isSecret) return <SecretInput field={field} state={state} onChange={setText} />
  const common = {
    id: inputId(path),
    label,
    value: state.values.text[name] ?? '',
    error: state.errorAt(path),
    withAsterisk: required === true,
    'aria-required': required === true,
    'aria-describedby': help ? `help-${name}` : undefined,
    onChange: (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value),
    ...(placeholder && { placeholder }),
  }
  if (widget === 'select') {
    return (
      <NativeSelect
        {...common}
        data={Object.entries(options ?? {}).map(([value, words]) => ({ value, label: words }))}
      />
    )
  }
  if (widget === 'textarea') {
    return <Textarea {...common} rows={5} classNames={{ input: form.code }} spellCheck={false} autoComplete="off" />
  }
  return (
    <TextInput
      {...common}
      autoComplete="off"
      spellCheck={false}
      {...(widget === 'number' && { inputMode: 'numeric' as const })}
    />
  )
}
