'use client'
import { useState } from 'react'
import { usePermissions } from '#components/layout/permissions'
import { QuestionDialog } from '#components/layout/question-dialog'
import { ReasonField } from '#components/layout/reason-field'
import type { ReplicationView } from '#lib/replications/schema'
import { forgetReplication } from './api.ts'

interface ForgetDialogProps {
  source: string
  view: ReplicationView
  onDone(): Promise<void>
  onClose(): void
}

/** For a server that is gone: nothing happens there. A slot that may live is forgotten only by those who may insist. */
export const ForgetDialog = ({ source, view: { id, slot, slot_made }, onDone, onClose }: ForgetDialogProps) => {
  const [reason, setReason] = useState('')
  const mayForce = usePermissions().includes('connections:purge')
  const isRefused = slot_made && !mayForce
  return (
    <QuestionDialog
      title={`Forget ${slot}?`}
      action={isRefused ? undefined : 'Forget it'}
      isDangerous
      isReady={!slot_made || reason.trim().length >= 3}
      onConfirm={async () => {
        await forgetReplication(source, id, slot_made ? reason.trim() : undefined)
        await onDone()
        onClose()
      }}
      onClose={onClose}
    >
      <p>
        Jackfield stops watching it and does nothing at the server.{' '}
        {slot_made &&
          'If the slot is still there, it keeps changes until the disk is full: forget it only when the server is gone, and drop it otherwise.'}
      </p>
      {isRefused && <p>Only an administrator may forget a slot that may still be there.</p>}
      {slot_made && mayForce && <ReasonField label="Why it is forgotten" value={reason} onChange={setReason} />}
    </QuestionDialog>
  )
}
