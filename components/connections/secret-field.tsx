'use client'
import { Button, PasswordInput, Textarea } from '@mantine/core'
import { IconLock, IconLockOff } from '@tabler/icons-react'
import { useFormContext } from 'react-hook-form'
import { RelativeTime } from '#components/layout/relative-time'
import classes from './connection-form.module.css'
import { focusField, inputId } from './field-focus.ts'
import { errorAt } from './form-errors.ts'
import { emptyLogin, type FormValues, isPairs } from './form-values.ts'
import { ManyField } from './many-field.tsx'

interface SecretFieldProps {
  name: string
  label: string
  /** A key of several lines. */
  isLong?: boolean
  placeholder?: string | undefined
  /** When the stored value was set; undefined if there is none. */
  storedAt: string | undefined
  /** The key that opens the stored value is not on this installation. */
  isLocked: boolean
  /** The stored value belongs to another destination now. */
  isSealedElsewhere: boolean
}

/** A secret being typed, or the fact that one is stored, with what may be done about it. */
export const SecretField = ({
  name,
  label,
  isLong = false,
  placeholder,
  storedAt,
  isLocked,
  isSealedElsewhere,
}: SecretFieldProps) => {
  const { register, watch, setValue, formState } = useFormContext<FormValues>()
  const choice = watch(`secrets.${name}`)
  const kind = watch('kind')
  const isMany = isPairs(watch(`credential.${name}`))
  const path = `credential.${name}` as const
  const error = errorAt(formState.errors.credential, name)
  const choose = (next: FormValues['secrets'][string]) => {
    setValue(path, emptyLogin(kind).credential[name] ?? '', { shouldDirty: true })
    setValue(`secrets.${name}`, next, { shouldDirty: true, shouldValidate: error !== undefined })
    if (next === 'set') requestAnimationFrame(() => focusField(path))
  }
  if (isMany && (storedAt === undefined || choice === 'set')) {
    return (
      <ManyField path={path} label={label} placeholder={placeholder} isSecret>
        {storedAt !== undefined && (
          <Button variant="subtle" size="compact-xs" onClick={() => choose('keep')}>
            Keep the stored ones
          </Button>
        )}
      </ManyField>
    )
  }
  if (storedAt === undefined || choice === 'set') {
    const common = {
      label: (
        <span className={classes.labelRow}>
          {label}
          {storedAt !== undefined && (
            <Button variant="subtle" size="compact-xs" onClick={() => choose('keep')}>
              Keep the stored one
            </Button>
          )}
        </span>
      ),
      id: inputId(path),
      spellCheck: false,
      error,
      ...(placeholder && { placeholder }),
    }
    if (isLong) {
      const input = `${classes.code} ${classes.veiled}`
      return <Textarea {...common} rows={4} autoComplete="off" classNames={{ input }} {...register(path)} />
    }
    return (
      <PasswordInput
        {...common}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': `Show or hide the ${label.toLowerCase()}`, tabIndex: 0 }}
        {...register(path)}
      />
    )
  }
  return (
    <div>
      <span className={classes.label} id={`${inputId(path)}-label`}>
        {label}
      </span>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend of its own */}
      <div
        className={classes.stored}
        data-error={error !== undefined || isSealedElsewhere || undefined}
        role="group"
        aria-labelledby={`${inputId(path)}-label`}
        id={inputId(path)}
        tabIndex={-1}
      >
        {choice === 'clear' ? <IconLockOff size={16} aria-hidden /> : <IconLock size={16} aria-hidden />}
        <span className={classes.storedText}>
          {choice === 'clear' ? (
            'Will be removed when you save'
          ) : (
            <>
              {isLocked ? 'Locked · set ' : 'Set · changed '}
              <RelativeTime at={storedAt} />
            </>
          )}
        </span>
        <Button variant="default" size="compact-sm" onClick={() => choose('set')}>
          Replace
        </Button>
        {choice === 'keep' ? (
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => choose('clear')}>
            Clear
          </Button>
        ) : (
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => choose('keep')}>
            Keep
          </Button>
        )}
      </div>
      {error && <p className={classes.error}>{error}</p>}
    </div>
  )
}
