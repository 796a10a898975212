'use client'
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Allowed } from '#components/layout/permissions'
import type { RotationView } from '#lib/rotations/schema'
import classes from './rotation.module.css'
import type { Rotations } from './use-rotations.ts'

interface RotationActionsProps {
  rotation: RotationView
  rotations: Rotations
}

/** What can be done with a rotation now. */
export const RotationActions = ({ rotation: { state }, rotations }: RotationActionsProps) => {
  const { busy, take, problem } = rotations
  const [isForcing, setForcing] = useState(false)
  const button = (step: Parameters<typeof take>[0]) => ({
    size: 'xs' as const,
    loading: busy === step,
    disabled: busy !== undefined && busy !== step,
    onClick: () => void take(step),
  })
  return (
    <Allowed to="credentials:write">
      {problem && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      {isForcing && state !== 'soaking' ? (
        <ForceForm rotations={rotations} onClose={() => setForcing(false)} />
      ) : (
        <div className={classes.actions}>
          {state === 'ready' && <Button {...button('promote')}>Promote</Button>}
          {(state === 'ready' || state === 'failed') && (
            <Button variant="default" {...button('retry')}>
              Test again
            </Button>
          )}
          {(state === 'failed' || state === 'testing') && (
            <Button variant="default" {...button('promote')} loading={false} onClick={() => setForcing(true)}>
              Promote anyway …
            </Button>
          )}
          {state === 'soaking' && (
            <>
              <Button variant="default" {...button('roll-back')}>
                Roll back
              </Button>
              <Button variant="default" {...button('finish')}>
                Finish now
              </Button>
            </>
          )}
          {state !== 'soaking' && (
            <Button variant="subtle" color="gray" {...button('cancel')}>
              Cancel rotation
            </Button>
          )}
        </div>
      )}
    </Allowed>
  )
}

/** Some connections will fail: that is said in somebody’s own words, and recorded. */
const ForceForm = ({ rotations: { take, busy }, onClose }: { rotations: Rotations; onClose(): void }) => {
  const [reason, setReason] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await take('promote', { force: true, reason: reason.trim() })
    onClose()
  }
  return (
    <form className={classes.force} method="post" onSubmit={submit}>
      <TextInput
        label="Why it is promoted although not every test passed"
        description="Connections that failed will not work until they are mended. The reason is recorded."
        value={reason}
        maxLength={500}
        required
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className={classes.actions}>
        <Button type="submit" size="xs" color="red" loading={busy === 'promote'} disabled={reason.trim() === ''}>
          Promote anyway
        </Button>
        <Button variant="subtle" color="gray" size="xs" onClick={onClose}>
          Back
        </Button>
      </div>
    </form>
  )
}
