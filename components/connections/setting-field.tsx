'use client'
import { Select, Switch, Textarea, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Controller, useFormContext } from 'react-hook-form'
import type { FormField } from '#lib/connectors/catalog'
import classes from './connection-form.module.css'
import { inputId } from './field-focus.ts'
import type { FormValues } from './form-model.ts'
import { FormCell } from './form-section.tsx'

interface SettingFieldProps {
  field: FormField
  /** A provider's own example, instead of the connector's. */
  placeholder?: string | undefined
}

/** One setting of the manifest, drawn by its widget. */
export const SettingField = ({ field, placeholder = field.placeholder }: SettingFieldProps) => {
  const { register, control, formState, getValues } = useFormContext<FormValues>()
  const name = `config.${field.name}` as const
  const helpId = `help-${field.name}`
  const initial = getValues(name)
  // Said twice, to React and to the form, so that the server's HTML holds the values already.
  const bound = typeof initial === 'boolean' ? register(name) : { ...register(name), defaultValue: initial }
  const common = {
    label: field.label,
    id: inputId(name),
    error: formState.errors.config?.[field.name]?.message,
    'aria-describedby': field.help ? helpId : undefined,
    ...(placeholder && { placeholder }),
  }
  return (
    <FormCell span={field.span} help={field.help} helpId={helpId}>
      {field.widget === 'textarea' ? (
        <Textarea {...common} {...bound} rows={3} classNames={{ input: classes.code }} spellCheck={false} />
      ) : field.widget === 'switch' || field.type === 'boolean' ? (
        <Switch {...common} {...register(name)} defaultChecked={initial === true} />
      ) : field.enum ? (
        <Controller
          name={name}
          control={control}
          render={({ field: select }) => (
            <OptionSelect
              {...common}
              field={field}
              value={String(select.value)}
              onChange={select.onChange}
              inputRef={select.ref}
            />
          )}
        />
      ) : (
        <TextInput
          {...common}
          {...bound}
          autoComplete="off"
          spellCheck={false}
          {...(field.type === 'number' && { inputMode: 'numeric' as const })}
        />
      )}
    </FormCell>
  )
}

interface OptionSelectProps {
  field: FormField
  value: string
  onChange: (value: string) => void
  inputRef: (element: HTMLInputElement | null) => void
  id: string
  label: string
  error: string | undefined
  'aria-describedby': string | undefined
}

/** A choice whose options say what they mean; the chosen one keeps saying it, loudly where it is weak. */
const OptionSelect = ({ field, value, onChange, inputRef, ...rest }: OptionSelectProps) => {
  const optionOf = (name: string) => field.options?.[name]
  const chosen = optionOf(value)
  return (
    <>
      <Select
        {...rest}
        ref={inputRef}
        data={(field.enum ?? []).map((name) => ({ value: name, label: optionOf(name)?.label ?? name }))}
        value={value}
        onChange={(next) => next !== null && onChange(next)}
        allowDeselect={false}
        checkIconPosition="right"
        maxDropdownHeight={420}
        renderOption={({ option }) => (
          <span className={classes.option}>
            <span className={classes.optionLabel}>
              {option.label}
              {optionOf(option.value)?.warning && (
                <IconAlertTriangle size={14} className={classes.weak} aria-label="weak" />
              )}
            </span>
            <span className={classes.optionHelp}>{optionOf(option.value)?.help}</span>
          </span>
        )}
      />
      {chosen?.help && (
        <p className={classes.meaning} data-weak={chosen.warning || undefined}>
          {chosen.warning && <IconAlertTriangle size={14} aria-hidden />}
          {chosen.help}
        </p>
      )}
    </>
  )
}
