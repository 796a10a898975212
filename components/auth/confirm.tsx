'use client'
import dynamic from 'next/dynamic'
import { useEffect, useState } from 'react'
import { onSignInNeeded, type SignInNeeded } from '#lib/client/api'

const ConfirmDialog = dynamic(() => import('./confirm-dialog.tsx').then((module) => module.ConfirmDialog), {
  ssr: false,
})

const SignInAgain = dynamic(() => import('./sign-in-again.tsx').then((module) => module.SignInAgain), { ssr: false })

interface Props {
  /** Whose page this is. */
  user: { id: string; name: string; email: string | null }
}

/** Asks for a sign-in whenever the server wants one; the dialogs are loaded when they are first needed. */
export const Confirm = ({ user }: Props) => {
  const confirmed = useQuestion('reauth_required')
  const signedIn = useQuestion('unauthorized')
  return (
    <>
      {confirmed && <ConfirmDialog onDone={confirmed} />}
      {signedIn && <SignInAgain user={user} onDone={signedIn} />}
    </>
  )
}

/** What to tell the calls that wait, while they do. */
const useQuestion = (code: SignInNeeded) => {
  const [done, setDone] = useState<(isDone: boolean) => void>()
  useEffect(() => onSignInNeeded(code, oneAtATime(setDone)), [code])
  return done
}

type Ask = (done: () => ((isConfirmed: boolean) => void) | undefined) => void

/** Calls that fail together share one question. */
const oneAtATime = (ask: Ask): (() => Promise<boolean>) => {
  let asked: Promise<boolean> | undefined
  return () => {
    asked ??= new Promise<boolean>((resolve) => ask(() => resolve)).finally(() => {
      asked = undefined
      ask(() => undefined)
    })
    return asked
  }
}
