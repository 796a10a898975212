'use client'
import { Button, Checkbox } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { showToast } from '#components/layout/toast'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import { credentialTypeLabels, credentialTypes } from '#lib/credentials/kinds'
import form from '../layout/form.module.css'
import classes from './settings.module.css'

/** Which types of credentials the organization allows; what is stored of the others stays usable. */
export const CredentialTypesForm = ({ allowed }: { allowed: readonly string[] }) => {
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const chosen = new FormData(event.currentTarget).getAll('type')
    const types_off = credentialTypes.filter((type) => !chosen.includes(type))
    setBusy(true)
    setError(undefined)
    try {
      await callApi('/api/organization', { method: 'PATCH', body: { types_off } })
      await showToast({ id: 'types', title: 'Credential types saved', message: '' })
      router.refresh()
    } catch (problem) {
      setError(sentenceOf(problem))
    }
    setBusy(false)
  }
  return (
    <form className={form.card} method="post" onSubmit={save} aria-label="Credential types">
      <FormError>{error}</FormError>
      <fieldset className={classes.types}>
        <legend className={form.note}>
          New credentials may be of these types, in every workspace of the organization. What is stored stays usable.
        </legend>
        {credentialTypes.map((type) => (
          <Checkbox
            key={type}
            name="type"
            value={type}
            label={credentialTypeLabels[type]}
            defaultChecked={allowed.includes(type)}
          />
        ))}
      </fieldset>
      <div className={form.actions}>
        <Button type="submit" loading={isBusy}>
          Save types
        </Button>
      </div>
    </form>
  )
}
