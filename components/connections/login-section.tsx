'use client'
import { Button, Select, TextInput } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import { Controller, useFormContext } from 'react-hook-form'
import { Segments } from '#components/layout/segments'
import { credentialKinds, type KindField } from '#lib/credentials/kinds'
import classes from './connection-form.module.css'
import { inputId } from './field-focus.ts'
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
  const { register, watch, formState, setValue } = useFormContext<FormValues>()
  const values = watch()
  const { kind, secrets } = values
  const stored = subject.saved?.credential?.secret
  const sealed = sealedElsewhere(values, subject)
  const kinds = subject.manifest.credentials
  const fields = Object.entries<KindField>(credentialKinds[kind].ui).filter(
    ([name, ui]) => !(ui.advanced || ui.group) || stored?.fields.includes(name),
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
      {fields.map(([name, ui]) => (
        <FormCell key={name} span={fields.length === 2 && !stored ? 6 : 12} help={ui.help} helpId={`help-${name}`}>
          {secrets[name] === undefined ? (
            <TextInput
              label={ui.label}
              placeholder={placeholders[name] ?? ui.placeholder ?? ''}
              id={inputId(`credential.${name}`)}
              autoComplete="off"
              spellCheck={false}
              error={formState.errors.credential?.[name]?.message}
              defaultValue={values.credential[name]}
              {...register(`credential.${name}`)}
            />
          ) : (
            <SecretField
              name={name}
              label={ui.label}
              storedAt={stored?.fields.includes(name) ? stored.updated_at : undefined}
              isLocked={stored?.locked ?? false}
              isSealedElsewhere={sealed !== undefined && !values.rebind}
            />
          )}
        </FormCell>
      ))}
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
