'use client'
import type { ReactNode } from 'react'
import { Controller, useFormContext } from 'react-hook-form'
import { ListRows, PairRows } from '#components/layout/many-rows'
import { inputId } from './field-focus.ts'
import { errorAt, rowErrorsAt } from './form-errors.ts'
import { type FormValues, isList, isPairs } from './form-values.ts'

interface ManyFieldProps {
  path: `config.${string}` | `credential.${string}`
  label: string
  placeholder?: string | undefined
  isRequired?: boolean
  /** The values of a map are secret. */
  isSecret?: boolean
  describedBy?: string | undefined
  /** Buttons beside “Add”. */
  children?: ReactNode
}

/** A list or a map of the form, row by row, with errors at the row they are about. */
export const ManyField = ({ path, isSecret = false, ...rest }: ManyFieldProps) => {
  const { control, formState } = useFormContext<FormValues>()
  const [part, name] = [
    path.startsWith('config.') ? 'config' : 'credential',
    path.slice(path.indexOf('.') + 1),
  ] as const
  const errors: unknown = formState.errors[part]
  return (
    <Controller
      name={path}
      control={control}
      render={({ field: { value, onChange } }) => {
        const common = {
          ...rest,
          id: inputId(path),
          error: errorAt(errors, name),
          rowErrors: rowErrorsAt(errors, name),
          onChange,
        }
        if (isPairs(value)) return <PairRows {...common} rows={value} isSecret={isSecret} />
        return <ListRows {...common} rows={isList(value) ? value : ['']} />
      }}
    />
  )
}
