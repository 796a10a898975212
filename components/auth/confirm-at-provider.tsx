'use client'
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { sentenceOf } from '#lib/client/problem'
import form from '../layout/form.module.css'
import classes from './auth-form.module.css'
import { confirmedChannel } from './confirmed-channel.ts'
import { providerAddress } from './provider-address.ts'
import { refusalSentence } from './refusals.ts'

interface Props {
  name: string
  /** There is a form with a password above. */
  isSecond: boolean
  onDone(isConfirmed: boolean): void
}

/** Another sign-in at the identity provider, in a window of its own, so that nothing typed on this page is lost. */
export const ConfirmAtProvider = ({ name, isSecond, onDone }: Props) => {
  const [error, setError] = useState<string>()
  useEffect(() => {
    const channel = new BroadcastChannel(confirmedChannel)
    channel.onmessage = ({ data }: MessageEvent<unknown>) =>
      data === 'confirmed' ? onDone(true) : setError(refusalSentence(data, name) ?? 'That did not work. Try again.')
    return () => channel.close()
  }, [name, onDone])

  const open = async () => {
    setError(undefined)
    const opened = window.open('about:blank', '_blank', 'popup,width=520,height=700')
    if (!opened) return setError('Your browser blocked the window. Allow pop-ups for this page, then try again.')
    try {
      opened.location.href = await providerAddress('confirm')
    } catch (problem) {
      opened.close()
      setError(sentenceOf(problem))
    }
  }

  return (
    <div className={isSecond ? classes.other : classes.form}>
      {isSecond ? (
        <span className={classes.or}>or</span>
      ) : (
        <p>This moves secrets or cannot be undone, and your last sign-in was a while ago.</p>
      )}
      {error && (
        <p role="alert" className={classes.error}>
          {error}
        </p>
      )}
      <div className={isSecond ? undefined : form.actions}>
        {!isSecond && (
          <Button variant="default" onClick={() => onDone(false)}>
            Cancel
          </Button>
        )}
        <Button variant={isSecond ? 'default' : 'filled'} onClick={() => void open()} fullWidth={isSecond}>
          Sign in again with {name}
        </Button>
      </div>
    </div>
  )
}
