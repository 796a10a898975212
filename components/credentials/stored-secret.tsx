'use client'
import { Button } from '@mantine/core'
import { IconLock, IconLockOff } from '@tabler/icons-react'
import { RelativeTime } from '#components/layout/relative-time'
import form from '../connections/connection-form.module.css'
import { inputId } from '../connections/field-focus.ts'
import type { FormField } from './form-kinds.ts'
import type { SecretChoice } from './form-model.ts'
import type { CredentialFormState } from './use-credential-form.ts'

/** The fact that a secret is stored, and what may be done about it: keep, replace or clear. */
export const StoredSecret = ({ field: { name, label }, state }: { field: FormField; state: CredentialFormState }) => {
  const id = inputId(`config.${name}`)
  const choice = state.values.secrets[name]
  const error = state.errorAt(`config.${name}`)
  const secret = state.view?.secret
  const choose = (next: SecretChoice) => {
    state.set((from) => ({ ...from, secrets: { ...from.secrets, [name]: next } }))
    if (next === 'set') requestAnimationFrame(() => document.getElementById(id)?.focus())
  }
  const isCleared = choice === 'clear'
  return (
    <div>
      <span className={form.label} id={`${id}-label`}>
        {label}
      </span>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend of its own */}
      <div
        className={form.stored}
        data-error={error !== undefined || undefined}
        role="group"
        aria-labelledby={`${id}-label`}
        id={id}
        tabIndex={-1}
      >
        {isCleared ? <IconLockOff size={16} aria-hidden /> : <IconLock size={16} aria-hidden />}
        <span className={form.storedText}>
          {isCleared ? (
            'Will be removed when you save'
          ) : (
            <>
              {secret?.locked ? 'Locked · set ' : 'Set · changed '}
              {secret && <RelativeTime at={secret.updated_at} />}
            </>
          )}
        </span>
        <Button variant="default" size="compact-sm" onClick={() => choose('set')}>
          Replace
        </Button>
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => choose(isCleared ? 'keep' : 'clear')}>
          {isCleared ? 'Keep' : 'Clear'}
        </Button>
      </div>
      {error && <p className={form.error}>{error}</p>}
    </div>
  )
}
