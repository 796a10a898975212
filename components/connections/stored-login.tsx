'use client'
import { Select } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'
import { Controller, useFormContext } from 'react-hook-form'
import { callApi } from '#lib/client/api'
import type { CredentialView } from '#lib/credentials/schema'
import classes from './connection-form.module.css'
import { type CredentialChoice, choiceOf, choicesPath } from './credential-choice.ts'
import { CredentialFit } from './credential-fit.tsx'
import { inputId } from './field-focus.ts'
import type { FormSubject } from './form-model.ts'
import { FormCell } from './form-section.tsx'
import type { FormValues } from './form-values.ts'

interface StoredLoginProps {
  subject: FormSubject
  /** The first of those that fit; more are found by typing. */
  choices: readonly CredentialChoice[]
}

/** The picker of stored credentials that fit the connector, searched on the server. */
export const StoredLogin = ({ subject, choices }: StoredLoginProps) => {
  const { control, formState, watch } = useFormContext<FormValues>()
  const { found, search, isSearching } = useChoices(subject, choices)
  const values = watch()
  return (
    <Controller
      name="credential_id"
      control={control}
      render={({ field }) => {
        const chosen = found.find(({ id }) => id === field.value)
        return (
          <FormCell help="Only credentials of a kind this connector understands are listed. Type to search all of them by name, username or host.">
            <Select
              label="Credential"
              id={inputId('credential_id')}
              ref={field.ref}
              searchable
              placeholder="Choose a credential"
              nothingFoundMessage={isSearching ? 'Searching …' : 'No credential that fits has that in it.'}
              data={found.map((choice) => ({ value: choice.id, label: labelOf(choice) }))}
              // The server has chosen already.
              filter={({ options }) => options}
              onSearchChange={(text) => text !== (chosen && labelOf(chosen)) && search(text)}
              value={field.value || null}
              onChange={(id) => field.onChange(id ?? '')}
              error={formState.errors.credential_id?.message}
              maxDropdownHeight={360}
              renderOption={({ option }) => <Option choice={found.find(({ id }) => id === option.value)} />}
            />
            {chosen && <CredentialFit choice={chosen} values={values} subject={subject} />}
          </FormCell>
        )
      }}
    />
  )
}

const labelOf = ({ name, hint }: CredentialChoice): string => (hint ? `${name} · ${hint}` : name)

const Option = ({ choice }: { choice: CredentialChoice | undefined }) =>
  choice && (
    <span className={classes.option}>
      <span className={classes.optionLabel}>
        {labelOf(choice)}
        {choice.environment && <span className={classes.optionTag}>{choice.environment}</span>}
      </span>
      <span className={classes.optionHelp}>
        {choice.sealed_to ? `Sealed to ${choice.sealed_to}` : 'Not sealed to a place yet'}
      </span>
    </span>
  )

/** The choices as they were found last; every one that was ever shown is remembered, so that the chosen one keeps its name. */
const useChoices = ({ manifest }: FormSubject, first: readonly CredentialChoice[]) => {
  const [shown, setShown] = useState(first)
  const [isSearching, setSearching] = useState(false)
  const { getValues } = useFormContext<FormValues>()
  const search = useDebouncedCallback(async (text: string) => {
    setSearching(true)
    try {
      const { data } = await callApi<CredentialView[]>(choicesPath(manifest.credentials, text.trim()))
      setShown((before) => {
        const chosen = before.filter(({ id }) => id === getValues('credential_id'))
        return [...data.map(choiceOf), ...chosen.filter(({ id }) => !data.some((view) => view.id === id))]
      })
    } catch {
      // What was found before stays.
    } finally {
      setSearching(false)
    }
  }, 180)
  return { found: shown, search, isSearching }
}
