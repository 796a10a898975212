'use client'
import { Controller, useFormContext } from 'react-hook-form'
import { Segments } from '#components/layout/segments'
import type { CredentialChoice } from './credential-choice.ts'
import type { FormSubject } from './form-model.ts'
import { FormCell, FormSection } from './form-section.tsx'
import type { FormValues, LoginSource } from './form-values.ts'
import { StoredLogin } from './stored-login.tsx'
import { TypedLogin } from './typed-login.tsx'

interface LoginSectionProps {
  subject: FormSubject
  choices: readonly CredentialChoice[]
  placeholders: Record<string, string>
}

/** How to log in: typed here, with a stored credential that fits, or not at all where the connector can do without. */
export const LoginSection = ({ subject, choices, placeholders }: LoginSectionProps) => {
  const { control, watch } = useFormContext<FormValues>()
  const login = watch('login')
  const sources = sourcesOf(subject, choices)
  return (
    <FormSection title="Login" intro="Encrypted before it is stored, and never shown again.">
      {sources.length > 1 && (
        <FormCell help="A stored credential can serve several connections and is rotated in one place.">
          <Controller
            name="login"
            control={control}
            render={({ field }) => (
              <Segments
                name="login"
                label="Where the login comes from"
                options={sources}
                value={field.value}
                onChange={field.onChange}
              />
            )}
          />
        </FormCell>
      )}
      {login === 'stored' && <StoredLogin subject={subject} choices={choices} />}
      {login === 'typed' && <TypedLogin subject={subject} placeholders={placeholders} />}
    </FormSection>
  )
}

const sourcesOf = (
  { manifest, saved }: FormSubject,
  choices: readonly CredentialChoice[],
): { value: LoginSource; label: string }[] => [
  { value: 'typed', label: 'Type it here' },
  ...(choices.length > 0 || saved?.credential_id
    ? [{ value: 'stored' as const, label: 'Use a stored credential' }]
    : []),
  ...(manifest.loginOptional ? [{ value: 'none' as const, label: 'No login' }] : []),
]
