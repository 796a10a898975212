'use client'
import { Button, Select, Textarea, TextInput } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Controller, useFormContext } from 'react-hook-form'
import { Segments } from '#components/layout/segments'
import { type CredentialKind, certificateGroup, credentialKinds, type KindField } from '#lib/credentials/kinds'
import classes from './connection-form.module.css'
import { inputId } from './field-focus.ts'
import { FoldedGroup } from './folded-group.tsx'
import { emptyLogin, type FormSubject, type FormValues, sealedElsewhere } from './form-model.ts'
import { FormCell, FormSection } from './form-section.tsx'
import { SecretField } from './secret-field.tsx'

/** A stored credential that fits the connector. */
export interface CredentialChoice {
  id: string
  name: string
  /** Its public side, e.g. the username. */
  hint: string
  sealed_to: string | null
}

interface LoginSectionProps {
  subject: FormSubject
  choices: readonly CredentialChoice[]
  placeholders: Record<string, string>
}

/** How to log in: typed here, or a stored credential that fits. */
export const LoginSection = ({ subject, choices, placeholders }: LoginSectionProps) => {
  const { control, watch } = useFormContext<FormValues>()
  const login = watch('login')
  return (
    <FormSection title="Login" intro="Encrypted before it is stored, and never shown again.">
      {choices.length > 0 && (
        <FormCell help="A stored credential can serve several connections and is rotated in one place.">
          <Controller
            name="login"
            control={control}
            render={({ field }) => (
              <Segments
                name="login"
                label="Where the login comes from"
                options={[
                  { value: 'typed', label: 'Type it here' },
                  { value: 'stored', label: 'Use a stored credential' },
                ]}
                value={field.value}
                onChange={field.onChange}
              />
            )}
          />
        </FormCell>
      )}
      {login === 'stored' ? (
        <StoredLogin choices={choices} />
      ) : (
        <TypedLogin subject={subject} placeholders={placeholders} />
      )}
    </FormSection>
  )
}

const StoredLogin = ({ choices }: { choices: readonly CredentialChoice[] }) => {
  const { control, formState } = useFormContext<FormValues>()
  return (
    <Controller
      name="credential_id"
      control={control}
      render={({ field }) => {
        const chosen = choices.find(({ id }) => id === field.value)
        return (
          <FormCell help="Only credentials of a kind this connector understands are listed.">
            <Select
              label="Credential"
              id={inputId('credential_id')}
              ref={field.ref}
              searchable
              placeholder="Choose a credential"
              nothingFoundMessage="No credential fits that name."
              data={choices.map(({ id, name, hint }) => ({ value: id, label: hint ? `${name} · ${hint}` : name }))}
              value={field.value || null}
              onChange={(id) => field.onChange(id ?? '')}
              error={formState.errors.credential_id?.message}
            />
            {chosen?.sealed_to && (
              <p className={classes.meaning}>
                <IconShieldLock size={14} aria-hidden />
                Sealed to {chosen.sealed_to}. It is only ever sent there.
              </p>
            )}
          </FormCell>
        )
      }}
    />
  )
}

const TypedLogin = ({ subject, placeholders }: Pick<LoginSectionProps, 'subject' | 'placeholders'>) => {
  const { watch, setValue } = useFormContext<FormValues>()
  const values = watch()
  const { kind } = values
  const stored = subject.saved?.credential?.secret
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
  const pickKind = (next: string | null) => {
    const found = kinds.find((known) => known === next)
    if (!found) return
    const fresh = emptyLogin(found)
    setValue('kind', fresh.kind, { shouldDirty: true })
    setValue('credential', fresh.credential, { shouldDirty: true })
    setValue('secrets', fresh.secrets, { shouldDirty: true })
  }
  return (
    <>
      {kinds.length > 1 && (
        <FormCell>
          <Select
            label="Kind of login"
            data={kinds.map((known) => ({ value: known, label: credentialKinds[known].label }))}
            value={kind}
            onChange={pickKind}
            allowDeselect={false}
          />
        </FormCell>
      )}
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

/** Fields of a login that make sense here: the connection itself says where it goes, and not every connector has a tunnel. */
const offeredFields = (kind: CredentialKind, stored: readonly string[], { fields }: FormSubject): OfferedField[] => {
  const groups = new Set(fields.flatMap(({ name, group }) => (name.includes('/') && group ? [group] : [])))
  const isOffered = ({ advanced, group }: KindField) =>
    !advanced && (group === undefined || group === certificateGroup || groups.has(group))
  return Object.entries<KindField>(credentialKinds[kind].ui).filter(
    ([name, ui]) => isOffered(ui) || stored.includes(name),
  )
}

const LoginGroup = ({ title, members, children }: { title: string; members: OfferedField[]; children: ReactNode }) => {
  const { watch, formState } = useFormContext<FormValues>()
  const { credential, secrets } = watch()
  const isUsed = members.some(([name]) => credential[name] || ['keep', 'clear'].includes(secrets[name] ?? ''))
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
  const { register, formState, getValues } = useFormContext<FormValues>()
  const { secrets, credential } = getValues()
  const isLong = ui.widget === 'textarea'
  const common = {
    label: ui.label,
    placeholder: placeholder ?? '',
    id: inputId(`credential.${name}`),
    autoComplete: 'off',
    spellCheck: false,
    error: formState.errors.credential?.[name]?.message,
    defaultValue: credential[name],
    ...register(`credential.${name}`),
  }
  return (
    <FormCell span={span} help={ui.help} helpId={`help-${name}`}>
      {secrets[name] !== undefined ? (
        <SecretField
          name={name}
          label={ui.label}
          isLong={isLong}
          placeholder={isLong ? placeholder : undefined}
          storedAt={stored?.fields.includes(name) ? stored.updated_at : undefined}
          isLocked={stored?.locked ?? false}
          isSealedElsewhere={isSealedElsewhere}
        />
      ) : isLong ? (
        <Textarea {...common} rows={4} classNames={{ input: classes.code }} />
      ) : (
        <TextInput {...common} />
      )}
    </FormCell>
  )
}

interface SealedNoticeProps {
  from: string
  to: string
  isAllowed: boolean
  /** Undefined for those who may not. */
  onAllow: (() => void) | undefined
}

const SealedNotice = ({ from, to, isAllowed, onAllow }: SealedNoticeProps) => (
  <div className={classes.notice} data-tone="warning" role="status">
    <IconShieldLock size={16} aria-hidden />
    <div>
      <p>
        The stored secret is sealed to <b>{from}</b>, so that nobody can have it sent elsewhere by editing an address.{' '}
        {isAllowed ? 'When you save, it may be sent to ' : 'Type it again to use it for '}
        <b>{to}</b>
        {isAllowed ? ' instead; that is recorded.' : '.'}
      </p>
      {onAllow && !isAllowed && (
        <div className={classes.noticeActions}>
          <Button size="xs" variant="default" onClick={onAllow}>
            Allow the stored one there
          </Button>
        </div>
      )}
    </div>
  </div>
)
