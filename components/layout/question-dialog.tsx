'use client'
import { Button, Modal } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { sentenceOf } from '#lib/client/problem'
import form from './form.module.css'
import { FormError } from './form-error.tsx'
import { useFocusBack } from './use-focus-back.ts'

interface QuestionDialogProps {
  title: string
  /** The words on the button; without them there is only a way back. */
  action: string | undefined
  /** It takes something away. */
  isDangerous?: boolean
  /** Nothing has to be typed before. */
  isReady?: boolean
  /** Does it and closes the dialog; what it throws is shown. */
  onConfirm(): Promise<unknown>
  onClose(): void
  /** What will happen, before it does. */
  children: ReactNode
}

/** Asked before something that cannot simply be taken back. */
export const QuestionDialog = ({
  title,
  action,
  isDangerous = false,
  isReady = true,
  onConfirm,
  onClose,
  children,
}: QuestionDialogProps) => {
  useFocusBack()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const confirm = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm()
    } catch (problem) {
      setError(sentenceOf(problem))
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <form className={form.body} method="post" onSubmit={confirm}>
        {children}
        <FormError>{error}</FormError>
        <div className={form.choice}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          {action !== undefined && (
            <Button
              type="submit"
              {...(isDangerous && { color: 'red.8' })}
              loading={isBusy}
              disabled={!isReady}
              data-autofocus
            >
              {action}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  )
}
