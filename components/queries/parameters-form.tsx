'use client'
import { Checkbox, TextInput } from '@mantine/core'
import classes from './queries.module.css'

type Values = Readonly<Record<string, string | null>>

interface ParametersFormProps {
  names: readonly string[]
  values: Values
  onChange: (values: Record<string, string | null>) => void
}

/** A field for each parameter of the statements; the values are sent apart from them. */
export const ParametersForm = ({ names, values, onChange }: ParametersFormProps) => {
  if (names.length === 0) return null
  const set = (name: string, value: string | null) => onChange({ ...values, [name]: value })
  return (
    <fieldset className={classes.parameters}>
      <legend className={classes.parametersTitle}>Parameters</legend>
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
