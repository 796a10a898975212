'use client'
import dynamic from 'next/dynamic'
import { useEffect, useState } from 'react'
import { onReauthRequired } from '#lib/client/api'

const ConfirmDialog = dynamic(() => import('./confirm-dialog.tsx').then((module) => module.ConfirmDialog), {
  ssr: false,
})

/** Asks for a fresh sign-in whenever the server wants one; the dialog is loaded when it is first needed. */
export const Confirm = () => {
  const [done, setDone] = useState<(isConfirmed: boolean) => void>()
  useEffect(() => onReauthRequired(oneAtATime(setDone)), [])
  return done ? <ConfirmDialog onDone={done} /> : null
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
