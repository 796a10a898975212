'use client'
import { ActionIcon, Button, PasswordInput, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import form from '../connections/connection-form.module.css'
import { inputId } from '../connections/field-focus.ts'
import classes from './credentials.module.css'
import type { FormField } from './form-kinds.ts'
import { isStored, type Pair } from './form-model.ts'
import type { CredentialFormState } from './use-credential-form.ts'

interface ManyProps {
  field: FormField
  state: CredentialFormState
}

/** Several values in an order. */
export const ListInput = ({ field, state }: ManyProps) => {
  const { name, label, placeholder = '' } = field
  const rows = state.values.list[name] ?? []
  const put = (next: string[]) => state.set((from) => ({ ...from, list: { ...from.list, [name]: next } }))
  return (
    <Many field={field} error={state.errorAt(`config.${name}`)} onAdd={() => put([...rows, ''])}>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
        <div key={index} className={classes.listRow}>
          <TextInput
            {...(index === 0 && { id: inputId(`config.${name}`) })}
            aria-label={`${label} ${index + 1}`}
            placeholder={placeholder}
            value={row}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => put(rows.with(index, event.currentTarget.value))}
          />
          <Remove label={`${label} ${index + 1}`} onClick={() => put(rows.toSpliced(index, 1))} />
        </div>
      ))}
    </Many>
  )
}

/** Several named secrets; stored ones are replaced together. */
export const MapInput = ({ field, state }: ManyProps) => {
  const { name, label, placeholder = '' } = field
  const rows = state.values.map[name] ?? []
  const put = (next: Pair[]) => state.set((from) => ({ ...from, map: { ...from.map, [name]: next } }))
  const change = (index: number, part: Partial<Pair>) =>
    put(rows.map((row, at) => (at === index ? { ...row, ...part } : row)))
  const keep = () => {
    put([{ key: '', value: '' }])
    state.set((from) => ({ ...from, secrets: { ...from.secrets, [name]: 'keep' } }))
  }
  return (
    <Many
      field={field}
      error={state.errorAt(`config.${name}`)}
      onAdd={() => put([...rows, { key: '', value: '' }])}
      onKeep={isStored(name, state.view) ? keep : undefined}
    >
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
        <div key={index} className={classes.pairRow}>
          <TextInput
            {...(index === 0 && { id: inputId(`config.${name}`) })}
            aria-label={`${label}: name ${index + 1}`}
            placeholder={placeholder}
            value={row.key}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => change(index, { key: event.currentTarget.value })}
          />
          <PasswordInput
            aria-label={`${label}: value ${index + 1}`}
            placeholder="Value"
            value={row.value}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': `Show or hide value ${index + 1}`, tabIndex: 0 }}
            onChange={(event) => change(index, { value: event.currentTarget.value })}
          />
          <Remove label={`${label} ${index + 1}`} onClick={() => put(rows.toSpliced(index, 1))} />
        </div>
      ))}
    </Many>
  )
}

interface ManyFrameProps {
  field: FormField
  error: string | undefined
  onAdd(): void
  onKeep?: (() => void) | undefined
  children: ReactNode
}

const Many = ({ field: { name, label, help, required }, error, onAdd, onKeep, children }: ManyFrameProps) => (
  <fieldset className={classes.fieldset} aria-describedby={help ? `help-${name}` : undefined}>
    <legend className={form.label}>
      {label}
      {required && (
        <span className={classes.required} aria-hidden>
          {' *'}
        </span>
      )}
    </legend>
    <div className={classes.rows}>
      {children}
      {error && <p className={form.error}>{error}</p>}
      <div>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          aria-label={`Add to ${label.toLowerCase()}`}
          onClick={onAdd}
        >
          Add
        </Button>
        {onKeep && (
          <Button variant="subtle" size="compact-xs" onClick={onKeep}>
            Keep the stored ones
          </Button>
        )}
      </div>
    </div>
  </fieldset>
)

const Remove = ({ label, onClick }: { label: string; onClick(): void }) => (
  <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${label}`} onClick={onClick}>
    <IconX size={15} aria-hidden />
  </ActionIcon>
)
