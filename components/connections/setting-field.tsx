'use client'
import { Select, Switch, Textarea, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Controller, useFormContext } from 'react-hook-form'
import type { FormField } from '#lib/connectors/catalog'
import classes from './connection-form.module.css'
import { inputId } from './field-focus.ts'
import { errorAt } from './form-errors.ts'
import { FormCell } from './form-section.tsx'
import { type FormValues, textOf } from './form-values.ts'
import { ManyField } from './many-field.tsx'

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
  const bound = { ...register(name), defaultValue: textOf(initial) }
  const common = {
    label: field.label,
    id: inputId(name),
    error: errorAt(formState.errors.config, field.name),
    'aria-describedby': field.help ? helpId : undefined,
    ...(placeholder && { placeholder }),
  }
  const isMany = field.type === 'list' || field.type === 'map'
  return (
    <FormCell span={field.span} help={field.help} helpId={helpId}>
      {isMany ? (
        <ManyField
          path={name}
          label={field.label}
          placeholder={placeholder}
          isRequired={field.required}
          describedBy={field.help && helpId}
        />
      ) : field.widget === 'textarea' ? (
        <Textarea {...common} {...bound} rows={3} classNames={{ input: classes.code }} spellCheck={false} />
      ) : field.type === 'boolean' ? (
        <Controller
          name={name}
          control={control}
          render={({ field: { value, onChange, onBlur, ref } }) => (
            <Switch
              {...common}
              ref={ref}
              checked={value === true}
              onChange={(event) => onChange(event.currentTarget.checked)}
              onBlur={onBlur}
            />
          )}
        />
      ) : field.enum ? (
        <Controller
          name={name}
          control={control}
          render={({ field: select }) => (
            <OptionSelect
              {...common}
              field={field}
              value={textOf(select.value)}
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
        value={value || null}
        onChange={(next) => onChange(next ?? '')}
        allowDeselect={false}
        clearable={!field.required && field.default === undefined}
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
