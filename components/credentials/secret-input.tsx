'use client'
import { Button, PasswordInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import form from '../connections/connection-form.module.css'
import { inputId } from '../connections/field-focus.ts'
import type { FormField } from './form-kinds.ts'
import { isStored } from './form-model.ts'
import type { CredentialFormState } from './use-credential-form.ts'

interface SecretInputProps {
  field: FormField
  state: CredentialFormState
  onChange(text: string): void
}

const below: ('label' | 'input' | 'error' | 'description')[] = ['label', 'input', 'error', 'description']

/** A secret being typed: covered, and shown on request until it is saved. */
export const SecretInput = ({ field, state, onChange }: SecretInputProps) => {
  const [isShown, setShown] = useState(false)
  const { name, label, help, placeholder, required, widget } = field
  const path = `config.${name}`
  const keep = () =>
    state.set((from) => ({
      ...from,
      text: { ...from.text, [name]: '' },
      secrets: { ...from.secrets, [name]: 'keep' },
    }))
  const common = {
    id: inputId(path),
    value: state.values.text[name] ?? '',
    error: state.errorAt(path),
    withAsterisk: required === true,
    'aria-required': required === true,
    'aria-describedby': help ? `help-${name}` : undefined,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
    spellCheck: false,
    ...(placeholder && { placeholder }),
  }
  const keepButton = isStored(name, state.view) && (
    <Button variant="subtle" size="compact-xs" ml={-8} onClick={keep}>
      Keep the stored one
    </Button>
  )
  if (widget !== 'textarea') {
    return (
      <PasswordInput
        {...common}
        label={label}
        description={keepButton || undefined}
        inputWrapperOrder={below}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': `Show or hide the ${label.toLowerCase()}`, tabIndex: 0 }}
      />
    )
  }
  return (
    <Textarea
      {...common}
      label={label}
      description={
        <>
          <Button
            variant="subtle"
            size="compact-xs"
            aria-pressed={isShown}
            aria-label={`Show the ${label.toLowerCase()}`}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? 'Hide' : 'Show'}
          </Button>
          {keepButton}
        </>
      }
      inputWrapperOrder={below}
      rows={5}
      autoComplete="off"
      classNames={{ input: `${form.code} ${isShown ? '' : form.veiled}` }}
    />
  )
}
