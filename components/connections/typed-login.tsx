'use client'
import { Select, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { Controller, useFormContext } from 'react-hook-form'
import { type CredentialKind, certificateGroup, type KindField } from '#lib/credentials/kinds'
import classes from './connection-form.module.css'
import { inputId } from './field-focus.ts'
import { FoldedGroup } from './folded-group.tsx'
import { errorAt } from './form-errors.ts'
import { type FormSubject, sealedElsewhere } from './form-model.ts'
import { FormCell } from './form-section.tsx'
import { type FormValues, isBlank, kindFields, textOf } from './form-values.ts'
import { KindPicker } from './kind-picker.tsx'
import { ManyField } from './many-field.tsx'
import { SealedNotice } from './sealed-notice.tsx'
import { SecretField } from './secret-field.tsx'

interface TypedLoginProps {
  subject: FormSubject
  placeholders: Record<string, string>
}

/** The login typed on the form: one of the kinds that the connector takes, and the fields that make sense here. */
export const TypedLogin = ({ subject, placeholders }: TypedLoginProps) => {
  const { watch, setValue } = useFormContext<FormValues>()
  const values = watch()
  const { kind } = values
  const saved = subject.saved?.credential
  const stored = saved?.kind === kind ? saved.secret : undefined
  const sealed = sealedElsewhere(values, subject)
  const kinds = subject.manifest.credentials
  const groups = Map.groupBy(offeredFields(kind, stored?.fields ?? [], subject), ([, ui]) => ui.group)
  const plain = groups.get(undefined) ?? []
  const draw = ([name, ui]: OfferedField, span: number) => (
    <LoginField
      key={name}
      name={name}
      ui={ui}
      span={span}
      placeholder={placeholders[name] ?? ui.placeholder}
      stored={stored ?? undefined}
      isSealedElsewhere={sealed !== undefined && !values.rebind}
    />
  )
  return (
    <>
      {kinds.length > 1 && <KindPicker kinds={kinds} saved={subject.saved} />}
      {plain.map((field) => draw(field, plain.length === 2 && !stored ? 6 : 12))}
      {[...groups].map(
        ([title, members]) =>
          title !== undefined && (
            <LoginGroup key={title} title={title} members={members}>
              {members.map((field) => draw(field, 12))}
            </LoginGroup>
          ),
      )}
      {sealed && (
        <SealedNotice
          {...sealed}
          isAllowed={values.rebind}
          onAllow={
            subject.canBind ? () => setValue('rebind', true, { shouldDirty: true, shouldValidate: true }) : undefined
          }
        />
      )}
      {stored?.locked && (
        <p className={classes.notice} data-tone="warning">
          The key that opens this secret is not on this installation. Replace the secret, or bring the key back.
        </p>
      )}
    </>
  )
}

type OfferedField = [name: string, ui: KindField]

/**
 * Fields of a login that make sense here: the connection itself says where it goes and what it is about, and not every
 * connector has a tunnel.
 */
const offeredFields = (
  kind: CredentialKind | null,
  stored: readonly string[],
  { fields }: FormSubject,
): OfferedField[] => {
  const groups = new Set(fields.flatMap(({ name, group }) => (name.includes('/') && group ? [group] : [])))
  const settings = new Set([...fields.map(({ name }) => name), 'host', 'port', 'base_url'])
  const isOffered = (name: string, { advanced, group, required }: KindField) =>
    !advanced &&
    (required || !settings.has(name)) &&
    (group === undefined || group === certificateGroup || groups.has(group))
  return Object.entries(kindFields(kind)).filter(([name, ui]) => isOffered(name, ui) || stored.includes(name))
}

const LoginGroup = ({ title, members, children }: { title: string; members: OfferedField[]; children: ReactNode }) => {
  const { watch, formState } = useFormContext<FormValues>()
  const { credential, secrets } = watch()
  const isUsed = members.some(([name]) => !isBlank(credential[name]) || ['keep', 'clear'].includes(secrets[name] ?? ''))
  const hasError = members.some(([name]) => formState.errors.credential?.[name] !== undefined)
  return (
    <FoldedGroup title={title} isUsed={isUsed} hasError={hasError}>
      {children}
    </FoldedGroup>
  )
}

interface LoginFieldProps {
  name: string
  ui: KindField
  span: number
  placeholder: string | undefined
  stored: { fields: readonly string[]; updated_at: string; locked: boolean } | undefined
  isSealedElsewhere: boolean
}

const LoginField = ({ name, ui, span, placeholder, stored, isSealedElsewhere }: LoginFieldProps) => {
  const { register, control, formState, getValues } = useFormContext<FormValues>()
  const helpId = `help-${name}`
  const { secrets, credential } = getValues()
  const path = `credential.${name}` as const
  const isLong = ui.widget === 'textarea'
  const common = {
    label: ui.label,
    placeholder: placeholder ?? '',
    id: inputId(path),
    autoComplete: 'off',
    spellCheck: false,
    error: errorAt(formState.errors.credential, name),
  }
  const bound = { defaultValue: textOf(credential[name]), ...register(path) }
  return (
    <FormCell span={span} help={ui.help} helpId={helpId}>
      {secrets[name] !== undefined ? (
        <SecretField
          name={name}
          label={ui.label}
          isLong={isLong}
          placeholder={isLong || ui.widget === 'map' ? placeholder : undefined}
          storedAt={stored?.fields.includes(name) ? stored.updated_at : undefined}
          isLocked={stored?.locked ?? false}
          isSealedElsewhere={isSealedElsewhere}
        />
      ) : ui.widget === 'list' || ui.widget === 'map' ? (
        <ManyField
          path={path}
          label={ui.label}
          placeholder={placeholder}
          isRequired={ui.required === true}
          describedBy={ui.help && helpId}
        />
      ) : ui.widget === 'select' ? (
        <Controller
          name={path}
          control={control}
          render={({ field: { value, onChange, ref } }) => (
            <Select
              {...common}
              ref={ref}
              data={Object.entries(ui.options ?? {}).map(([option, label]) => ({ value: option, label }))}
              value={textOf(value) || null}
              onChange={(next) => onChange(next ?? '')}
              allowDeselect={false}
            />
          )}
        />
      ) : isLong ? (
        <Textarea {...common} {...bound} rows={4} classNames={{ input: classes.code }} />
      ) : (
        <TextInput {...common} {...bound} {...(ui.widget === 'number' && { inputMode: 'numeric' as const })} />
      )}
    </FormCell>
  )
}
