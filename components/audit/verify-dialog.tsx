'use client'
import { Button, Modal } from '@mantine/core'
import { FormError } from '#components/layout/form-error'
import type { AuditVerification } from '#lib/audit/schema'
import { plural } from '#lib/format/number'
import form from '../layout/form.module.css'
import classes from './audit.module.css'
import { useVerification } from './use-verification.ts'
import { ProblemList } from './verify-problems.tsx'

/** Recomputes the trail while one looks on; closing the dialog ends it. */
export const VerifyDialog = ({ onClose }: { onClose(): void }) => {
  const { progress, result, problem, again } = useVerification()
  return (
    <Modal opened onClose={onClose} size="lg" title="Verify the audit trail" centered>
      <div className={form.body}>
        {result ? <Result {...result} /> : !problem && <Progress {...progress} />}
        <FormError>{problem}</FormError>
        <div className={form.choice}>
          {(result || problem) && (
            <Button variant="default" onClick={again}>
              Verify again
            </Button>
          )}
          <Button variant="default" onClick={onClose} data-autofocus>
            {result || problem ? 'Close' : 'Cancel'}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

const Progress = ({ checked, events }: { checked: number; events: number }) => (
  <div className={classes.progress}>
    <progress
      value={events === 0 ? undefined : checked}
      max={events === 0 ? undefined : events}
      aria-label="Verified"
    />
    <p className={form.note} role="status">
      {events === 0 ? 'Beginning …' : `${plural(checked, 'event')} of ${plural(events, 'event')} compared`}
    </p>
  </div>
)

const Result = ({ ok, chains, warnings, duration_ms }: AuditVerification) => {
  const events = chains.reduce((sum, chain) => sum + chain.events, 0)
  const seconds = Math.max(0.1, duration_ms / 1_000).toFixed(1)
  return (
    <>
      <p role="status" className={classes.verdict} data-ok={ok || undefined}>
        {ok ? `The trail is whole: ${plural(events, 'event')}, checked in ${seconds} s.` : 'The trail is not whole.'}
      </p>
      {chains.map((chain) => (
        <ProblemList key={chain.chain} {...chain} />
      ))}
      {warnings.map((sentence) => (
        <p key={sentence} className={form.note}>
          {sentence}
        </p>
      ))}
    </>
  )
}
