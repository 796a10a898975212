'use client'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { sentenceOf } from '#lib/client/problem'
import classes from './auth-form.module.css'
import { providerAddress } from './provider-address.ts'

/** The way in through the identity provider, under the form. */
export const ProviderButton = ({ name, next }: { name: string; next: string }) => {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const go = async () => {
    setBusy(true)
    setError(undefined)
    try {
      window.location.assign(await providerAddress('sign_in', next))
    } catch (problem) {
      setError(sentenceOf(problem))
      setBusy(false)
    }
  }
  return (
    <div className={classes.other}>
      <span className={classes.or}>or</span>
      {error && (
        <p role="alert" className={classes.error}>
          {error}
        </p>
      )}
      <Button variant="default" size="md" loading={isBusy} onClick={() => void go()} fullWidth>
        Sign in with {name}
      </Button>
    </div>
  )
}
