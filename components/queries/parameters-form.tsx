'use client'
import { Checkbox, TextInput } from '@mantine/core'
import { useEffect, useRef } from 'react'
import classes from './queries.module.css'

type Values = Readonly<Record<string, string | null>>

interface ParametersFormProps {
  names: readonly string[]
  values: Values
  onChange: (values: Record<string, string | null>) => void
  /** Those that have to be given before anything runs. */
  asked: readonly string[]
  /** Enter in a field. */
  onRun: () => void
}

/** A field for each parameter of the statements; the values are sent apart from them. */
export const ParametersForm = ({ names, values, onChange, asked, onRun }: ParametersFormProps) => {
  const fields = useRef<HTMLFieldSetElement>(null)
  const first = names.findIndex((name) => asked.includes(name))
  useEffect(() => {
    if (first >= 0) fields.current?.querySelectorAll<HTMLInputElement>('input:not([type=checkbox])')[first]?.focus()
  }, [first])
  if (names.length === 0) return null
  const set = (name: string, value: string | null) => onChange({ ...values, [name]: value })
  return (
    <fieldset ref={fields} className={classes.parameters}>
      <legend className={classes.parametersTitle}>Parameters</legend>
      {asked.length > 0 && (
        <p role="status" className={classes.asked}>
          Nothing ran yet: give {asked.map(labelOf).join(', ')} a value, or run again to send an empty text.
        </p>
      )}
      {names.map((name) => {
        const value = values[name]
        return (
          <div key={name} className={classes.parameter}>
            <TextInput
              size="xs"
              label={labelOf(name)}
              value={value ?? ''}
              disabled={value === null}
              placeholder={value === null ? 'NULL' : 'Empty text'}
              maxLength={10_000}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => set(name, event.currentTarget.value)}
              onKeyDown={(event) => event.key === 'Enter' && onRun()}
            />
            <Checkbox
              size="xs"
              label="NULL"
              aria-label={`${labelOf(name)} is NULL`}
              checked={value === null}
              onChange={(event) => set(name, event.currentTarget.checked ? null : '')}
            />
          </div>
        )
      })}
    </fieldset>
  )
}

const labelOf = (name: string): string => (/^[?$]/.test(name) ? name : `:${name}`)
