'use client'
import { Select } from '@mantine/core'
import { useFormContext } from 'react-hook-form'
import { Segments } from '#components/layout/segments'
import { type CredentialKind, credentialKinds } from '#lib/credentials/kinds'
import classes from './connection-form.module.css'
import { FormCell } from './form-section.tsx'
import { emptyLogin, type FormValues, type SavedConnection, savedLoginOf } from './form-values.ts'

interface KindPickerProps {
  kinds: readonly CredentialKind[]
  saved: SavedConnection | undefined
}

/** Which of the kinds of login that the connector takes; going back to the stored one finds its secrets kept. */
export const KindPicker = ({ kinds, saved }: KindPickerProps) => {
  const { watch, setValue, clearErrors } = useFormContext<FormValues>()
  const kind = watch('kind')
  const pick = (next: string | null) => {
    const found = kinds.find((known) => known === next)
    if (!found) return
    const fresh = saved?.credential?.kind === found ? savedLoginOf(saved, found) : emptyLogin(found)
    setValue('kind', fresh.kind, { shouldDirty: true })
    setValue('credential', fresh.credential, { shouldDirty: true })
    setValue('secrets', fresh.secrets, { shouldDirty: true })
    clearErrors('credential')
  }
  const options = kinds.map((known) => ({ value: known, label: credentialKinds[known].label }))
  return (
    <FormCell>
      {kinds.length <= 3 ? (
        <>
          <span className={classes.label}>Kind of login</span>
          <Segments
            name="kind"
            label="Kind of login"
            options={options}
            value={kind ?? kinds[0] ?? ''}
            onChange={pick}
          />
        </>
      ) : (
        <Select label="Kind of login" data={options} value={kind} onChange={pick} allowDeselect={false} />
      )}
      {kind && <p className={classes.meaning}>{credentialKinds[kind].summary}</p>}
    </FormCell>
  )
}
